select d.datname as name,
       pg_catalog.current_setting('server_version') as server_version,
       pg_catalog.pg_get_userbyid(d.datdba) as owner,
       pg_catalog.shobj_description(d.oid, 'pg_database') as comment
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()
