"""Writes dbt artifacts: manifest v12, catalog v1, run results v6."""

import hashlib

from . import dbt_semantic, dbt_tests, sql
from .model import DATABASE, GLOSSARY, slug
from .pretty import dumps

GENERATED_AT = "2026-11-20T05:00:00.000000Z"
CREATED_AT = 1795150800.0
LAYERS = {"stg": ("staging", "view"), "int": ("intermediate", "view")}


def metadata(project, artifact):
    """The head of an artifact."""
    return {
        "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{artifact}.json",
        "dbt_version": "1.10.23",
        "generated_at": GENERATED_AT,
        "invocation_id": hashlib.md5(project.name.encode()).hexdigest(),
        "env": {},
    }


def unique_id(table):
    """The dbt id of a table."""
    if table.source:
        return f"source.{table.project.name}.{table.source}.{table.name}"
    return f"{table.kind}.{table.project.name}.{table.name}"


def meta_of(company, table):
    """What `meta` says: where the table belongs, and which term it carries."""
    meta = {}
    if table.product:
        meta["domain"] = company.product_domain(table.product)
        meta["data_product"] = table.product
    else:
        origin = table.original or table
        meta["domain"] = origin.project.domain
    if table.group:
        meta["owner"] = table.project.groups[table.group]["name"]
    if table.term:
        meta["term"] = GLOSSARY + table.term
    if table.label:
        meta["label"] = table.label
    return meta


def columns_of(table, only=None):
    """The `columns` of a node."""
    columns = {}
    for column in table.columns:
        if only is not None and column.name not in only:
            continue
        meta = {}
        if "term" in column.flags:
            meta["term"] = GLOSSARY + column.flags["term"]
        if column.classification:
            meta["classification"] = column.classification
        columns[column.name] = {
            "name": column.name,
            "description": column.description,
            "meta": meta,
            "data_type": column.type or None,
            "constraints": [],
            "quote": None,
            "tags": [column.classification] if column.classification else [],
        }
    return columns


def place_of(table):
    """Layer, folder and materialization of a model."""
    layer, materialized = LAYERS.get(table.name.split("_")[0], ("marts", "table"))
    folder = table.name.split("__")[0][4:] if layer == "staging" else slug(table.product).replace("-", "_")
    return layer, f"{layer}/{folder}" if folder else layer, materialized


def node(company, table):
    """A model or a seed."""
    project, meta = table.project, meta_of(company, table)
    if table.kind == "seed":
        folder, materialized, top, ending = "", "seed", "seeds", "csv"
        fqn = [project.name, table.name]
    else:
        _, folder, materialized = place_of(table)
        top, ending = "models", "sql"
        fqn = [project.name, *folder.split("/"), table.name]
    path = "/".join(part for part in (folder, f"{table.name}.{ending}") if part)
    schema_suffix = table.schema.removeprefix(project.name).lstrip("_") or None
    config = {"enabled": True, "alias": None, "schema": schema_suffix, "database": None, "tags": [], "meta": meta}
    config |= {"group": table.group or None, "materialized": materialized, "access": "protected"}
    result = {
        "database": DATABASE,
        "schema": table.schema,
        "name": table.name,
        "resource_type": table.kind,
        "package_name": project.name,
        "path": path,
        "original_file_path": f"{top}/{path}",
        "unique_id": unique_id(table),
        "fqn": fqn,
        "alias": table.name,
        "checksum": {"name": "sha256", "checksum": checksum(table)},
        "config": config,
        "tags": [],
        "description": table.description,
        "columns": columns_of(table),
        "meta": meta,
        "group": table.group or None,
        "docs": {"show": True, "node_color": None},
        "created_at": CREATED_AT,
        "relation_name": sql.relation(table),
        "raw_code": sql.raw(table) if table.kind == "model" else "",
        "depends_on": {"macros": []},
    }
    if table.kind == "model":
        result |= model_part(table)
    return result


def model_part(table):
    """What a model has and a seed has not."""
    return {
        "language": "sql",
        "refs": [{"name": t.name, "package": None, "version": None} for t in table.upstreams if not t.source],
        "sources": [[t.source, t.name] for t in table.upstreams if t.source],
        "metrics": [],
        "depends_on": {"macros": [], "nodes": [unique_id(t) for t in table.upstreams]},
        "compiled": True,
        "compiled_code": sql.compiled(table),
        "extra_ctes_injected": True,
        "extra_ctes": [],
        "contract": {"enforced": False, "alias_types": True, "checksum": None},
        "access": "protected",
        "constraints": [],
        "version": None,
        "latest_version": None,
        "deprecation_date": None,
    }


def checksum(table):
    """A checksum that changes with the model."""
    text = sql.raw(table) if table.kind == "model" else table.name
    return hashlib.sha256(text.encode()).hexdigest()


def source_node(company, table, used):
    """A source, or a table that another project publishes."""
    project, meta = table.project, meta_of(company, table)
    folder = "imports" if table.kind == "import" else f"staging/{table.source}"
    path = f"models/{folder}/_{table.source}__sources.yml"
    about = project.sources.get(table.source, f"Tables published by the {meta['domain']} domain.")
    freshness = {"warn_after": {"count": 36, "period": "hour"}, "error_after": {"count": None, "period": None}}
    return {
        "database": DATABASE,
        "schema": table.schema,
        "name": table.name,
        "resource_type": "source",
        "package_name": project.name,
        "path": path,
        "original_file_path": path,
        "unique_id": unique_id(table),
        "fqn": [project.name, *folder.split("/"), table.source, table.name],
        "source_name": table.source,
        "source_description": about,
        "loader": "dbt" if table.kind == "import" else "airbyte",
        "identifier": table.name,
        "quoting": {"database": None, "schema": None, "identifier": None, "column": None},
        "loaded_at_field": None,
        "freshness": freshness,
        "external": None,
        "description": table.description,
        "columns": columns_of(table, used.get(table.name) if table.kind == "import" else None),
        "meta": meta,
        "source_meta": {},
        "tags": [],
        "config": {"enabled": True, "meta": meta},
        "relation_name": sql.relation(table),
        "created_at": CREATED_AT,
    }


def groups_of(project):
    """The groups with their owners."""
    path = "models/_groups.yml"
    return {
        f"group.{project.name}.{name}": {
            "name": name,
            "resource_type": "group",
            "package_name": project.name,
            "path": path,
            "original_file_path": path,
            "unique_id": f"group.{project.name}.{name}",
            "owner": {"email": owner["email"], "name": owner["name"]},
            "description": None,
        }
        for name, owner in project.groups.items()
    }


def maps_of(parts):
    """Parent and child map over all nodes."""
    parents = {key: [] for part in parts for key in part}
    for part in parts:
        for key, entry in part.items():
            parents[key] = list(entry.get("depends_on", {}).get("nodes", []))
    children = {key: [] for key in parents}
    for key, above in parents.items():
        for parent in above:
            children[parent].append(key)
    return parents, {key: sorted(below) for key, below in children.items()}


def manifest(company, project):
    """Writes manifest.json."""
    used = sql.used_columns(project)
    nodes = {unique_id(t): node(company, t) for t in project.tables if t.kind in ("model", "seed")}
    nodes |= {test["unique_id"]: test for test in dbt_tests.tests(project)}
    sources = {unique_id(t): source_node(company, t, used) for t in project.tables if t.source}
    semantic = dbt_semantic.semantic_models(project)
    metrics = dbt_semantic.metrics(company, project)
    exposures = dbt_semantic.exposures(company, project)
    parents, children = maps_of([nodes, sources, exposures, metrics, semantic])
    group_map = {name: [] for name in project.groups}
    for table in project.tables:
        if table.group:
            group_map[table.group].append(unique_id(table))
    head = metadata(project, "manifest/v12") | {"project_name": project.name, "adapter_type": "postgres"}
    head["quoting"] = {"database": True, "schema": True, "identifier": True, "column": None}
    overview = f"Models of the {project.domain} domain at Harbour Health, a company that does not exist."
    doc_id = f"doc.{project.name}.__overview__"
    docs = {"name": "__overview__", "resource_type": "doc", "package_name": project.name, "path": "overview.md"}
    docs |= {"original_file_path": "models/overview.md", "unique_id": doc_id, "block_contents": overview}
    return dumps({
        "metadata": head,
        "nodes": nodes,
        "sources": sources,
        "macros": {},
        "docs": {doc_id: docs},
        "exposures": exposures,
        "metrics": metrics,
        "groups": groups_of(project),
        "selectors": {},
        "disabled": {},
        "parent_map": parents,
        "child_map": children,
        "group_map": group_map,
        "saved_queries": {},
        "semantic_models": semantic,
        "unit_tests": {},
    })


def semantic_manifest(company, project):
    """Writes semantic_manifest.json: what the semantic layer needs of the manifest, which dbt writes beside it."""
    return dumps({
        "semantic_models": list(dbt_semantic.semantic_models(project).values()),
        "metrics": list(dbt_semantic.metrics(company, project).values()),
        "project_configuration": {"dsi_package_version": None, "time_spines": []},
        "saved_queries": [],
    })


def catalog(company, project):
    """Writes catalog.json: what the database holds."""
    used = sql.used_columns(project)

    def entry(table):
        materialized = place_of(table)[2] if table.kind == "model" else "table"
        columns = table.columns
        if table.kind == "import":
            columns = [c for c in columns if c.name in used[table.name]]
        return {
            "metadata": {
                "type": "VIEW" if materialized == "view" else "BASE TABLE",
                "schema": table.schema,
                "name": table.name,
                "database": DATABASE,
                "comment": None,
                "owner": f"svc_{table.project.name}",
            },
            "columns": {
                c.name: {"type": c.type, "index": i, "name": c.name, "comment": None}
                for i, c in enumerate(columns, 1)
            },
            "stats": {},
            "unique_id": unique_id(table),
        }

    nodes = {unique_id(t): entry(t) for t in project.tables if not t.source}
    sources = {unique_id(t): entry(t) for t in project.tables if t.source}
    head = metadata(project, "catalog/v1")
    return dumps({"metadata": head, "nodes": nodes, "sources": sources, "errors": None})


def run_results(company, project):
    """Writes run_results.json: the tests of the last run."""
    failures = {key: (count, status) for key, count, status in project.failures}
    results = []
    for index, test in enumerate(dbt_tests.tests(project)):
        count, status = failures.pop(dbt_tests.key_of(test), (0, "pass"))
        message = None if not count else f"Got {count} results, configured to {status} if != 0"
        timing = {"name": "execute", "started_at": GENERATED_AT, "completed_at": GENERATED_AT}
        results.append({
            "status": status,
            "timing": [timing],
            "thread_id": f"Thread-{index % 4 + 1} (worker)",
            "execution_time": 0.2,
            "adapter_response": {},
            "message": message,
            "failures": count,
            "unique_id": test["unique_id"],
        })
    if failures:
        raise ValueError(f"{project.name}: no test for {sorted(failures)}")
    head = metadata(project, "run-results/v6")
    arguments = {"which": "build", "invocation_command": "dbt build"}
    return dumps({"metadata": head, "results": results, "elapsed_time": 61.5, "args": arguments})
