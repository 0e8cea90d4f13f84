"""Writes catalog lines, one JSON object a line: the mesh itself, the catalog pages, usage."""

import json

from .model import DATABASE, GLOSSARY, slug


def line(**values):
    """Gives one line without what is empty."""
    kept = {key: value for key, value in values.items() if value not in ("", None, [], False)}
    return json.dumps(kept, ensure_ascii=False)


def domain_iri(name):
    """The IRI of a domain."""
    return f"urn:isogloss:domain:mesh/{slug(name)}"


def owner_iri(name):
    """The IRI of an owner."""
    return f"urn:isogloss:owner:mesh/{slug(name)}"


def mesh(company):
    """Writes owners, domains and products."""
    lines = []
    for owner in company.owners:
        iri = owner_iri(owner["name"])
        about = {"name": owner["name"], "email": owner["email"], "description": owner["description"]}
        lines.append(line(kind="owner", id=iri, type="team", **about))
    for domain in company.domains:
        parent = domain_iri(domain["parent"]) if domain["parent"] else ""
        about = {"description": domain["description"], "owner": owner_iri(domain["owner"])}
        lines.append(line(kind="domain", id=domain_iri(domain["name"]), parent=parent, name=domain["name"], **about))
    for product in company.products:
        iri, parent = company.product_iri(product["name"]), domain_iri(product["domain"])
        about = {"description": product["description"], "owner": owner_iri(product["owner"])}
        about["status"] = product["status"]
        lines.append(line(kind="product", id=iri, parent=parent, name=product["name"], **about))
    return "\n".join(lines) + "\n"


def identity(table, within):
    """The id of a table in its own file, its IRI elsewhere."""
    return f"{DATABASE}.{table.key}" if table.project is within else table.iri


def column_identity(table, column, within):
    """The id of a column in its own file, its IRI elsewhere."""
    if table.project is within:
        return f"{DATABASE}.{table.key}/{column}"
    return table.iri.replace(":dataset:", ":column:") + f"/{column}"


def tables(company, project):
    """Writes the tables of a catalog page, with columns, keys and lineage."""
    known = company.tables()
    lines, relations = [], []
    for table in project.tables:
        own = identity(table, project)
        parent = company.product_iri(table.product) if table.product else domain_iri(project.domain)
        place = {"platform": "postgres", "database": DATABASE, "schema": table.schema}
        about = {"label": table.label, "description": table.description, **place}
        words = {"synonyms": table.synonyms, "abbreviations": table.abbreviations}
        words["terms"] = [GLOSSARY + table.term] if table.term else []
        lines.append(line(kind="table", id=own, parent=parent, name=table.name, **about, **words))
        for position, column in enumerate(table.columns, 1):
            lines.append(column_line(project, table, column, position))
            if "fk" in column.flags:
                target_key, _, target_column = column.flags["fk"].rpartition(".")
                target = known[target_key]
                if target.column(target_column) is None:
                    raise ValueError(f"{table.key}.{column.name}: `{column.flags['fk']}` is no column")
                start = column_identity(table, column.name, project)
                relations.append(line(kind="fk", **{"from": start}, to=column_identity(target, target_column, project)))
        for upstream in table.upstreams:
            relations.append(line(kind="lineage", **{"from": identity(upstream, project)}, to=own))
    return "\n".join(lines + relations) + "\n"


def column_line(project, table, column, position):
    """Writes one column."""
    flags = column.flags
    return line(
        kind="column",
        id=column_identity(table, column.name, project),
        parent=identity(table, project),
        name=column.name,
        description=column.description,
        type=column.type,
        position=position,
        primary_key="pk" in flags,
        required="pk" in flags or "nn" in flags,
        classification=column.classification,
        terms=[GLOSSARY + flags["term"]] if "term" in flags else [],
    )


def usage(company):
    """Writes who queries what, and how often."""
    known = company.tables()
    teams = {owner["name"] for owner in company.owners}
    lines = []
    for number, entry in enumerate(company.usage, 1):
        who = owner_iri(entry["who"]) if entry["who"] in teams else entry["who"]
        about = {"count": entry["count"], "query": entry["query"], "at": "2026-11-19T22:00:00Z"}
        lines.append(line(kind="usage", id=f"2026-w47/{number:03}", used=[known[entry["dataset"]].iri], user=who, **about))
    return "\n".join(lines) + "\n"
