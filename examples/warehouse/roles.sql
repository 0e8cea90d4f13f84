-- Who works with the warehouse. The passwords are those of an example on 127.0.0.1.
create extension pg_stat_statements;

create role svc_claims login;
create role claims_analysts nologin;
create role payment_integrity nologin;
create role member_services nologin;
create role mira login in role claims_analysts;
create role jonas login in role claims_analysts;
create role priya login in role payment_integrity;
create role svc_portal login in role member_services;

-- What Isogloss comes as: it may read no row of any table, but the statistics of everybody's statements.
create role reader login password 'reader' in role pg_read_all_stats;
