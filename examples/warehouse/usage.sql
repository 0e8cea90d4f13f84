-- A week of the people and programs that use the warehouse. Each asks its questions many times, with other values each time:
-- \gexec runs what the query before it has written.
grant usage on schema claims, claims_staging, membership to claims_analysts;
grant select on all tables in schema claims, claims_staging, membership to claims_analysts;
grant usage on schema claims to payment_integrity, member_services;
grant select on claims.fct_claims, claims.fct_payments, claims.fct_overpayment_findings, claims.dim_investigation_case,
    claims.fct_recoveries to payment_integrity;
grant usage on schema membership to member_services;
grant select on claims.fct_claims, membership.dim_member to member_services;

analyze;
-- What came before was loading.
select pg_stat_statements_reset();

\connect - mira
select format('select segment, sum(paid_amount) as paid from claims.fct_claims where service_from >= %L and claim_status = ''paid'' group by segment order by paid desc',
    date '2026-01-01' + 7 * n) from generate_series(1, 38) as n \gexec
select format('select m.state, count(*) as claims, sum(c.allowed_amount) as allowed from claims.fct_claims as c join membership.dim_member as m using (member_id) where c.service_from between %L and %L group by m.state',
    date '2026-01-01' + 30 * n, date '2026-01-30' + 30 * n) from generate_series(0, 9) as n \gexec
select format('select l.setting, l.procedure_code, avg(l.paid_amount) from claims.fct_claim_lines as l where l.setting = %L and not l.is_denied group by l.setting, l.procedure_code',
    setting) from unnest(array['office', 'emergency', 'inpatient', 'telehealth', 'outpatient']) as setting \gexec
select format('select * from claims.rpt_denials_monthly where month_start = %L', date '2026-01-01' + n * interval '1 month') from generate_series(0, 9) as n \gexec

\connect - jonas
select format('select claim_status, age_band, sum(open_claims) as open_claims, sum(billed_amount) as waiting from claims.fct_claim_inventory_daily where age_band <> %L group by claim_status, age_band',
    band) from unnest(array['0-7', '8-15', '16-30']) as band, generate_series(1, 7) \gexec
select format('select e.claim_id, e.claim_status, e.changed_at, e.hours_in_previous_status from claims.fct_claim_status_events as e join claims.fct_claims as c on c.claim_id = e.claim_id where e.hours_in_previous_status > %s and c.form_type = %L',
    24 * n, 'P') from generate_series(1, 12) as n \gexec
select format('select d.diagnosis_code, count(distinct d.member_id) as members from claims.fct_claim_diagnoses as d where d.diagnosis_code like %L group by d.diagnosis_code',
    letter || '%') from unnest(array['E', 'I', 'J', 'M', 'S']) as letter \gexec
-- He still asks the staging view for what fct_submissions has.
select format('select sender_id, count(*) from claims_staging.stg_edi__submissions where acceptance_code = ''R'' and received_at >= %L group by sender_id',
    date '2026-02-01' + 14 * n) from generate_series(1, 6) as n \gexec

\connect - priya
select format('select f.finding_rule, f.suspected_amount, i.case_status from claims.fct_overpayment_findings as f join claims.dim_investigation_case as i on i.case_id = f.case_id where f.fraud_risk >= %s order by f.suspected_amount desc',
    n / 20.0) from generate_series(4, 18) as n \gexec
select format('select c.claim_id, c.paid_amount, p.payment_amount, p.payee_type from claims.fct_claims as c join claims.fct_payments as p on p.claim_id = c.claim_id where c.billing_npi = %L and p.paid_on > %L',
    '10000000' || 10 + n % 15, date '2026-02-01' + n) from generate_series(1, 24) as n \gexec
select format('select sum(recovered_amount) from claims.fct_recoveries where recovered_on >= %L', date '2026-03-01' + 30 * n) from generate_series(0, 6) as n \gexec

\connect - svc_portal
select format('select c.claim_id, c.service_from, c.claim_status, c.member_cost_share from claims.fct_claims as c where c.member_id = %L order by c.service_from desc limit 10',
    'M' || to_char(n, 'FM00000')) from generate_series(1, 120) as n \gexec
select format('select first_name, last_name, current_plan_code, is_active from membership.dim_member where member_id = %L',
    'M' || to_char(n, 'FM00000')) from generate_series(1, 120) as n \gexec
