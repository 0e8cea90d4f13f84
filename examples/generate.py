#!/usr/bin/env python3
"""Writes the generated files of the Harbour Health example, and of its warehouse, from the pages in `harbour-health/model`.

    python3 examples/generate.py           write the files
    python3 examples/generate.py --check   write nothing; fail when a file differs from what would be written

Needs nothing but Python 3.9 or later. Deterministic: no clock, no randomness, no network.
The glossary, the contracts and `isogloss.toml` are written by hand and are only read here, to find loose ends.
"""

import pathlib
import sys

sys.dont_write_bytecode = True

from generator import catalog_lines, checks, data, dbt, model, warehouse  # noqa: E402

EXAMPLES = pathlib.Path(__file__).resolve().parent
MESH = EXAMPLES / "harbour-health"


def outputs(company):
    """Gives every generated file as path below `examples` -> text."""
    files = {f"harbour-health/{path}": text for path, text in mesh_files(company).items()}
    return files | {f"warehouse/{path}": text for path, text in warehouse.files(company, "claims").items()}


def mesh_files(company):
    """Gives the generated files of the mesh as path -> text."""
    files = {}
    for project in company.dbt_projects():
        folder = f"dbt/{project.name}"
        files[f"{folder}/manifest.json"] = dbt.manifest(company, project)
        if project.semantics:
            files[f"{folder}/semantic_manifest.json"] = dbt.semantic_manifest(company, project)
        files[f"{folder}/catalog.json"] = dbt.catalog(company, project)
        files[f"{folder}/run_results.json"] = dbt.run_results(company, project)
    files["catalog/mesh.jsonl"] = catalog_lines.mesh(company)
    for project in company.catalogs():
        files[f"catalog/{project.name}.jsonl"] = catalog_lines.tables(company, project)
    files["catalog/usage.jsonl"] = catalog_lines.usage(company)
    files.update(data.files())
    return files


def main(arguments):
    """Writes or checks the files; gives the exit code."""
    company = model.read(MESH)
    problems = checks.loose_ends(company, MESH)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if problems:
        return 1
    files = outputs(company)
    stale = []
    for path, text in sorted(files.items()):
        target = EXAMPLES / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(path)
            if "--check" not in arguments:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="\n")
    print(checks.summary(company, MESH, files))
    if "--check" in arguments and stale:
        print("error: not up to date: " + ", ".join(stale), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
