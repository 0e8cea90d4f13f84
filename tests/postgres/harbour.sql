-- A small database with one of everything that the connector reads.
create role harbour_reader login password 'reader';
create role harbour_nobody login password 'nobody';
create role claims_team nologin;

create schema claims authorization claims_team;
comment on schema claims is 'Claims, from submission to payment.';
create schema "Member Data";

create domain claims.money_eur as numeric(12, 2) check (value >= 0);
create type claims.claim_status as enum ('open', 'paid', 'denied');

create table "Member Data"."Members" (
    "Member ID" bigint generated always as identity primary key,
    email varchar(200) unique,
    born date,
    tags text[],
    "full" text generated always as (coalesce(email, '')) stored
);
comment on table "Member Data"."Members" is 'One row per person we insure.';
comment on column "Member Data"."Members".email is 'Where we write to; personal data.';

create table claims.claims (
    claim_id bigint not null,
    line smallint not null default 1,
    member_id bigint not null references "Member Data"."Members" ("Member ID") on delete cascade,
    status claims.claim_status not null default 'open',
    paid claims.money_eur,
    service_day date not null,
    note character varying(40),
    primary key (claim_id, line, service_day)
) partition by range (service_day);
comment on table claims.claims is 'Medical claims, one row per line.';
comment on column claims.claims.paid is 'Paid amount in euro.';
create table claims.claims_2025 partition of claims.claims for values from ('2025-01-01') to ('2026-01-01');
create table claims.claims_2026 partition of claims.claims for values from ('2026-01-01') to ('2027-01-01');

create table claims.appeals (
    appeal_id integer primary key,
    claim_id bigint not null,
    line smallint not null,
    day date not null,
    unique (claim_id, line),
    foreign key (claim_id, line, day) references claims.claims (claim_id, line, service_day)
);

create view claims.paid_claims as
    select c.claim_id, c.line, c.paid as amount, m.email
    from claims.claims c join "Member Data"."Members" m on m."Member ID" = c.member_id
    where c.status = 'paid';
comment on view claims.paid_claims is 'Claims that were paid, with the address of the member.';
create view claims.paid_totals as select claim_id, sum(amount) as total from claims.paid_claims group by claim_id;
create materialized view claims.monthly as
    select date_trunc('month', service_day) as month, count(*) as lines, sum(paid) as paid from claims.claims group by 1;
create index on claims.monthly (month);

insert into "Member Data"."Members" (email) values ('a@example.org'), ('b@example.org');
insert into claims.claims (claim_id, member_id, status, paid, service_day)
    values (1, 1, 'paid', 10, '2025-03-01'), (2, 1, 'open', null, '2026-02-01'), (3, 2, 'paid', 7.5, '2026-02-02');
refresh materialized view claims.monthly;

grant usage on schema claims to harbour_reader;
grant select on claims.claims, claims.paid_claims to harbour_reader;
grant select (claim_id, appeal_id) on claims.appeals to harbour_reader;
create extension pg_stat_statements;
select count(*) from claims.paid_claims where email = 'secret@example.org';
select count(*) from claims.paid_claims where email = 'other@example.org';
