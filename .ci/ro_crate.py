"""Holds a package's ro-crate-metadata.json against the profile Provenance Run Crate: `ro_crate.py FOLDER`.

It needs `roc-validator` and `rocrate` from PyPI (0.13.0, and 0.14.0, the last that brings the context of RO-Crate 1.1), and no network: the context that the
validator asks w3id.org for is put into its cache from the file that `rocrate` brings. What it prints is JSON:
{"required": [...], "recommended": [...]}, each with the check, the message and the entity.
"""

import importlib.resources
import json
import pathlib
import sys
import tempfile


def seeded(cache):
    """A cache of the validator's in which the context of RO-Crate 1.1 is."""
    from requests_cache import CachedSession
    from requests_cache.models import CachedRequest, CachedResponse

    context = importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
    if b"https://bioschemas.org/ComputationalWorkflow" not in context:
        sys.exit("this rocrate brings the context of another RO-Crate than 1.1: pip install rocrate==0.14.0")
    session = CachedSession(cache_name=str(cache), backend="sqlite", expire_after=-1)
    for address in ["https://w3id.org/ro/crate/1.1/context"]:
        request = CachedRequest(method="GET", url=address)
        headers = {"Content-Type": "application/ld+json"}
        response = CachedResponse(content=context, headers=headers, request=request, status_code=200, url=address)
        session.cache.save_response(response)
    session.close()


def main():
    from rocrate_validator import services
    from rocrate_validator.models import Severity

    folder = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        cache = pathlib.Path(temporary) / "cache"
        seeded(cache)
        settings = services.ValidationSettings(
            rocrate_uri=str(folder),
            profile_identifier="provenance-run-crate",
            requirement_severity=Severity.RECOMMENDED,
            cache_path=cache,
            offline=True,
        )
        result = services.validate(settings)
        found = {"required": [], "recommended": []}
        for issue in result.get_issues():
            kind = "required" if issue.severity == Severity.REQUIRED else "recommended"
            found[kind].append(f"{issue.check.identifier} {issue.violatingEntity or ''}: {' '.join(issue.message.split())}")
    print(json.dumps({kind: sorted(set(issues)) for kind, issues in found.items()}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
