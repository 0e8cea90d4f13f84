"""Finds loose ends between the pages and the files written by hand, and counts what there is."""

import re

from .model import GLOSSARY, slug

TERM = re.compile(r"^([a-z-]+):([a-z0-9-]+) a iso:Term", re.MULTILINE)


def glossary_terms(mesh):
    """Gives the terms that the glossary defines, as domain/term."""
    found = []
    for path in sorted((mesh / "glossary").glob("*.ttl")):
        found += ["/".join(match) for match in TERM.findall(path.read_text(encoding="utf-8"))]
    return found


def loose_ends(company, mesh):
    """Gives what is named and not defined."""
    problems = []
    terms = glossary_terms(mesh)
    problems += [f"term {term} is defined twice" for term in sorted({t for t in terms if terms.count(t) > 1})]
    owners = {owner["name"] for owner in company.owners}
    domains = {domain["name"] for domain in company.domains}
    products = {product["name"] for product in company.products}
    for entry in company.domains + company.products:
        if entry["owner"] not in owners:
            problems.append(f"{entry['name']}: no owner {entry['owner']}")
        parent = entry.get("domain") or entry.get("parent")
        if parent and parent not in domains:
            problems.append(f"{entry['name']}: no domain {parent}")
    for table in company.tables().values():
        named = [table.term] + [column.flags.get("term", "") for column in table.columns]
        problems += [f"{table.key}: no term {term}" for term in named if term and term not in terms]
        if table.product and table.product not in products:
            problems.append(f"{table.key}: no product {table.product}")
        names = [column.name for column in table.columns]
        problems += [f"{table.key}: column {name} twice" for name in sorted({n for n in names if names.count(n) > 1})]
        problems += [f"{table.key}.{c.name}: no type" for c in table.columns if not c.type]
        problems += [f"{table.key}.{c.name}: no description" for c in table.columns if not c.description]
    for project in company.dbt_projects():
        problems += [f"metric {m['name']}: no term {m['term']}" for m in project.metrics if m["term"] not in terms]
    problems += contract_problems(company, mesh, terms, products, domains)
    known = company.tables()
    problems += [f"usage: no dataset {u['dataset']}" for u in company.usage if u["dataset"] not in known]
    return problems


def contract_problems(company, mesh, terms, products, domains):
    """Gives what the contracts name and nobody defines."""
    problems = []
    known = company.tables()
    for path in sorted((mesh / "contracts").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for term in re.findall(re.escape(GLOSSARY) + r"([a-z-]+/[a-z0-9-]+)", text):
            if term not in terms:
                problems.append(f"{path.name}: no term {term}")
        for key, names in (("dataProduct", products), ("domain", domains)):
            value = re.search(rf"^{key}: (.+)$", text, re.MULTILINE)[1].strip()
            if value not in names:
                problems.append(f"{path.name}: no {key} {value}")
        schema = re.search(r"^    schema: (\w+)$", text, re.MULTILINE)[1]
        table = None
        for line in text[text.index("\nschema:"):].splitlines():
            if match := re.match(r"^  - name: (\w+)", line):
                table = known.get(f"{schema}.{match[1]}")
                if table is None:
                    problems.append(f"{path.name}: no table {schema}.{match[1]}")
            elif (match := re.match(r"^      - name: (\w+)", line)) and table is not None:
                if table.column(match[1]) is None:
                    problems.append(f"{path.name}: {table.key} has no column {match[1]}")
    return problems


def summary(company, mesh, files):
    """Counts what there is."""
    tables = list(company.tables().values())
    edges = {(up.key, t.key) for t in tables for up in t.upstreams}
    counts = {
        "domains": len(company.domains),
        "data products": len(company.products),
        "datasets": len(tables),
        "columns": sum(len(table.columns) for table in tables),
        "lineage edges": len(edges),
        "metrics": sum(len(project.metrics) for project in company.projects),
        "terms": len(glossary_terms(mesh)),
        "contracts": len(list((mesh / "contracts").glob("*.yaml"))),
        "usage lines": len(company.usage),
        "owners": len(company.owners),
        "generated files": len(files),
    }
    return "\n".join(f"{count:6} {name}" for name, count in counts.items())
