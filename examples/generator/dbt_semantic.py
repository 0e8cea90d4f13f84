"""Semantic models, metrics and exposures of a dbt project."""

from .model import DATABASE, GLOSSARY

CREATED_AT = 1795150800.0


def semantic_models(project):
    """Gives the semantic models by id."""
    models = {}
    for page in project.semantics:
        table = project.find(page["model"])
        parts = {"entities": [], "dimensions": [], "measures": []}
        for keyword, values in page["parts"]:
            read_part(parts, keyword, values, table)
        is_entity = any(entity["type"] == "primary" for entity in parts["entities"])
        identity = f"semantic_model.{project.name}.{page['name']}"
        path = f"semantic/{page['name']}.yml"
        models[identity] = {
            "name": page["name"],
            "resource_type": "semantic_model",
            "package_name": project.name,
            "path": path,
            "original_file_path": f"models/{path}",
            "unique_id": identity,
            "fqn": [project.name, "semantic", page["name"]],
            "model": f"ref('{table.name}')",
            "node_relation": {
                "alias": table.name,
                "schema_name": table.schema,
                "database": DATABASE,
                "relation_name": f'"{DATABASE}"."{table.schema}"."{table.name}"',
            },
            "description": page["description"],
            "label": None,
            "defaults": {"agg_time_dimension": page["time"]},
            **parts,
            "metadata": None,
            "depends_on": {"macros": [], "nodes": [f"model.{project.name}.{table.name}"]},
            "refs": [{"name": table.name, "package": None, "version": None}],
            "created_at": CREATED_AT,
            "config": {"enabled": True, "group": None, "meta": {}},
            "primary_entity": None if is_entity else page["name"],
            "group": None,
        }
    return models


def read_part(parts, keyword, values, table):
    """Reads one entity, dimension or measure."""
    words = values[0].split()
    expr = words[2] if len(words) > 2 else words[0]
    if table.column(expr) is None:
        raise ValueError(f"{table.key} has no column `{expr}`")
    entry = {"name": words[0], "description": values[1] if len(values) > 1 else None, "label": None}
    if keyword == "entity":
        parts["entities"].append(entry | {"type": words[1], "role": None, "expr": expr})
    elif keyword == "dimension":
        grain = {"time_granularity": "day", "validity_params": None} if words[1] == "time" else None
        own = {"type": words[1], "is_partition": False, "type_params": grain, "expr": expr, "metadata": None}
        parts["dimensions"].append(entry | own)
    else:
        own = {"agg": words[1], "create_metric": False, "expr": expr, "agg_params": None}
        own |= {"non_additive_dimension": None, "agg_time_dimension": None}
        parts["measures"].append(entry | own)


def metrics(company, project):
    """Gives the metrics by id."""
    measures = {}
    for page in project.semantics:
        for keyword, values in page["parts"]:
            if keyword == "measure":
                measures[values[0].split()[0]] = page["name"]
    names = {page["name"] for page in project.metrics}
    result = {}
    for page in project.metrics:
        identity = f"metric.{project.name}.{page['name']}"
        kind, *inputs = page["how"].split()
        params, above = type_params(kind, inputs, measures, names, project)
        meta = {"domain": company.product_domain(page["product"]), "data_product": page["product"]}
        meta["term"] = GLOSSARY + page["term"]
        result[identity] = {
            "name": page["name"],
            "resource_type": "metric",
            "package_name": project.name,
            "path": "semantic/metrics.yml",
            "original_file_path": "models/semantic/metrics.yml",
            "unique_id": identity,
            "fqn": [project.name, "semantic", page["name"]],
            "description": page["description"],
            "label": page["label"],
            "type": kind,
            "type_params": params,
            "filter": None,
            "metadata": None,
            "time_granularity": None,
            "meta": meta,
            "tags": [],
            "config": {"enabled": True, "group": None, "meta": meta},
            "sources": [],
            "depends_on": {"macros": [], "nodes": above},
            "refs": [],
            "metrics": [[name] for name in inputs] if kind == "ratio" else [],
            "created_at": CREATED_AT,
            "group": None,
        }
    return result


def type_params(kind, inputs, measures, names, project):
    """Gives the parameters of a metric and the ids that it depends on."""
    params = {"measure": None, "input_measures": [], "numerator": None, "denominator": None, "expr": None}
    params |= {"window": None, "grain_to_date": None, "metrics": []}
    if kind == "simple":
        measure = {"name": inputs[0], "filter": None, "alias": None}
        measure |= {"join_to_timespine": False, "fill_nulls_with": None}
        params |= {"measure": measure, "input_measures": [measure]}
        return params, [f"semantic_model.{project.name}.{measures[inputs[0]]}"]
    unknown = [name for name in inputs if name not in names]
    if unknown:
        raise ValueError(f"{project.name}: no metric {unknown}")
    top, bottom = ({"name": name, "filter": None, "alias": None} for name in inputs)
    params |= {"numerator": top, "denominator": bottom}
    return params, [f"metric.{project.name}.{name}" for name in inputs]


def exposures(company, project):
    """Gives the exposures by id."""
    emails = {owner["name"]: owner["email"] for owner in company.owners}
    result = {}
    for page in project.exposures:
        identity = f"exposure.{project.name}.{page['name']}"
        tables = [project.find(name) for name in page["models"].split()]
        result[identity] = {
            "name": page["name"],
            "resource_type": "exposure",
            "package_name": project.name,
            "path": "exposures.yml",
            "original_file_path": "models/exposures.yml",
            "unique_id": identity,
            "fqn": [project.name, page["name"]],
            "type": page["type"],
            "owner": {"email": emails[page["owner"]], "name": page["owner"]},
            "description": page["description"],
            "label": page["label"],
            "maturity": "high",
            "meta": {},
            "tags": [],
            "config": {"enabled": True},
            "url": None,
            "depends_on": {"macros": [], "nodes": [f"model.{project.name}.{t.name}" for t in tables]},
            "refs": [{"name": t.name, "package": None, "version": None} for t in tables],
            "sources": [],
            "metrics": [],
            "created_at": CREATED_AT,
        }
    return result
