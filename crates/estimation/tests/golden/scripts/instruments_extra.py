# linearmodels: strength of instruments, Fuller's LIML, k-class, GMM with kernel weights and centred moments.
# Run in /work/shared/reference: PYTHONPATH=scripts python instruments_extra.py OUT.json
import sys
from pycommon import *
from linearmodels.iv import IV2SLS, IVLIML, IVGMM
km = pd.read_csv('data/kmenta.csv').assign(const=1.0); sy = pd.read_csv('data/synth14x12.csv').assign(const=1.0)
sets = {'kmenta': (km, 'consump', ['const', 'income'], ['price'], ['farmPrice', 'trend']),
        'synth': (sy, 'ln_co2', ['const', 'x_urban', 'x_energy'], ['ln_gdp', 'ln_robot'], ['x_fdi', 'x_edu', 'x_ind', 'x_pop'])}
R = Rec()
out = lambda r: dict(names=list(r.params.index), coef=r.params, se=r.std_errors, vcov=r.cov, s2=r.s2)
def strength(r):
    f = r.first_stage; d = f.diagnostics
    return dict(cragg_donald_f=f.cragg_donald_f, kp=[f.kleibergen_paap.stat, f.kleibergen_paap.pval], kp_f=f.kleibergen_paap_f,
                rsquared=d['rsquared'], partial=d['partial.rsquared'], shea=d['shea.rsquared'], f=d['f.stat'])
for nm, (d, y, ex, en, z) in sets.items():
    mk = lambda M, **kw: M(d[y], d[ex], d[en], d[z], **kw)
    cov = {'unadjusted': {}, 'robust': {}, 'kernel': dict(kernel='bartlett', bandwidth=2)}
    if nm == 'synth': cov['clustered'] = dict(clusters=pd.Series(pd.factorize(d['city'])[0], index=d.index))
    for ct, cfg in cov.items():
        R.add(f'{nm}/strength/{ct}', ct, lambda: strength(mk(IV2SLS).fit(cov_type=ct, debiased=True, **cfg)))
        for deb in (False, True):
            R.add(f'{nm}/fuller/{ct}/{deb}', 'IVLIML(fuller=1)', lambda: out(mk(IVLIML, fuller=1).fit(cov_type=ct, debiased=deb, **cfg)))
            R.add(f'{nm}/kclass/{ct}/{deb}', 'IVLIML(kappa=0.7)', lambda: out(mk(IVLIML, kappa=0.7).fit(cov_type=ct, debiased=deb, **cfg)))
    for kernel in ('bartlett', 'parzen', 'qs'):
        R.add(f'{nm}/auto/{kernel}', 'IV2SLS kernel without bandwidth', lambda: out(mk(IV2SLS).fit(cov_type='kernel', kernel=kernel)))
        R.add(f'{nm}/gmm_{kernel}', 'IVGMM kernel, bandwidth 3', lambda: out(mk(IVGMM, weight_type='kernel', kernel=kernel, bandwidth=3).fit(cov_type='kernel', kernel=kernel, bandwidth=3)))
    R.add(f'{nm}/gmm_center', 'IVGMM centred', lambda: out(mk(IVGMM, center=True).fit(cov_type='robust')))
R.write(sys.argv[1], dict(dataset='kmenta, synth14x12', script='tests/golden/scripts/instruments_extra.py'))
