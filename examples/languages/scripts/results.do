* Stata's last model as results that model_table, plot and report read: a row a term.
*   regress y x, vce(robust)
*   do results.do results.csv
local file `1'
tempname table
matrix `table' = r(table)'
local terms : rownames `table'
local normal = missing(e(df_r))
file open out using "`file'", write replace
file write out "term,estimate,std_error,statistic,p_value,conf_low,conf_high,df,n_obs,r_squared,dependent" _n
local row 0
foreach term of local terms {
    local ++row
    local name = cond("`term'" == "_cons", "(Intercept)", "`term'")
    file write out `""`name'""'
    forvalues column = 1/6 {
        file write out "," %24.0g (`table'[`row', `column'])
    }
    local df = cond(`normal', "", string(e(df_r), "%12.0g"))
    local squared = cond(missing(e(r2)), "", string(e(r2), "%21.0g"))
    file write out ",`df'," (string(e(N), "%12.0g")) ",`squared',`e(depvar)'" _n
}
file close out
