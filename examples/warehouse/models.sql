-- What dbt builds: the models of the dbt project `claims`. Written by examples/generate.py; changes here are lost.
grant create on database harbour to svc_claims;
grant usage on schema claims_seeds, membership, raw_edi, raw_quickpay, raw_siu to svc_claims;
grant select, references on all tables in schema claims_seeds, membership, raw_edi, raw_quickpay, raw_siu to svc_claims;
set role svc_claims;

create schema claims;
create schema claims_intermediate;
create schema claims_staging;

create view claims_staging.stg_quickpay__claims as
select
    clm_hdr.clm_no as claim_id,
    clm_hdr.clm_ver as claim_version,
    clm_hdr.mbr_id as member_id,
    clm_hdr.bill_npi as billing_npi,
    clm_hdr.frm_typ as form_type,
    clm_hdr.bill_typ as bill_type,
    clm_hdr.svc_frm_dt as service_from,
    clm_hdr.svc_thru_dt as service_to,
    clm_hdr.adm_dt as admitted_on,
    clm_hdr.rcv_dt as received_on,
    clm_hdr.adjud_dt as adjudicated_on,
    clm_hdr.pd_dt as paid_on,
    clm_hdr.stat_cd as status_code,
    clm_hdr.tot_chrg as billed_amount,
    clm_hdr.auth_no as authorization_number
from "harbour"."raw_quickpay"."clm_hdr" as clm_hdr;
comment on view claims_staging.stg_quickpay__claims is 'Current version of each claim header.';

create view claims_staging.stg_quickpay__claim_lines as
select
    clm_ln.clm_no || '-' || clm_ln.ln_no as claim_line_id,
    clm_ln.clm_no as claim_id,
    clm_ln.ln_no as line_number,
    clm_ln.px_cd as procedure_code,
    clm_ln.px_mod as procedure_modifier,
    clm_ln.rev_cd as revenue_code,
    clm_ln.pos_cd as place_of_service_code,
    clm_ln.rend_npi as rendering_npi,
    clm_ln.unt_qty as units,
    clm_ln.chrg_amt as billed_amount,
    clm_ln.alwd_amt as allowed_amount,
    clm_ln.ded_amt as deductible_amount,
    clm_ln.copay_amt as copay_amount,
    clm_ln.coins_amt as coinsurance_amount,
    clm_ln.pd_amt as paid_amount,
    clm_ln.dny_rsn_cd as denial_reason_code
from "harbour"."raw_quickpay"."clm_ln" as clm_ln;
comment on view claims_staging.stg_quickpay__claim_lines is 'Claim lines with readable names.';

create view claims_staging.stg_quickpay__diagnoses as
select
    clm_dx.clm_no as claim_id,
    clm_dx.dx_seq as diagnosis_rank,
    clm_dx.dx_cd as diagnosis_code,
    clm_dx.poa_ind as present_on_admission
from "harbour"."raw_quickpay"."clm_dx" as clm_dx;
comment on view claims_staging.stg_quickpay__diagnoses is 'Diagnoses on claims with readable names.';

create view claims_staging.stg_quickpay__status_history as
select
    clm_stat_hist.clm_no as claim_id,
    clm_stat_hist.stat_cd as status_code,
    clm_stat_hist.stat_ts as changed_at,
    clm_stat_hist.usr_id as changed_by,
    clm_stat_hist.pnd_rsn_cd as pend_reason_code
from "harbour"."raw_quickpay"."clm_stat_hist" as clm_stat_hist;
comment on view claims_staging.stg_quickpay__status_history is 'Changes of claim status with readable names.';

create view claims_staging.stg_quickpay__adjustments as
select
    clm_adj.adj_no as adjustment_id,
    clm_adj.clm_no as claim_id,
    clm_adj.adj_rsn_cd as adjustment_reason_code,
    clm_adj.adj_amt as adjustment_amount,
    clm_adj.adj_dt as adjusted_on
from "harbour"."raw_quickpay"."clm_adj" as clm_adj;
comment on view claims_staging.stg_quickpay__adjustments is 'Claim adjustments with readable names.';

create view claims_staging.stg_quickpay__remittances as
select
    rmt_adv.rmt_no as remittance_id,
    rmt_adv.clm_no as claim_id,
    rmt_adv.payee_npi,
    rmt_adv.chk_eft_no as payment_reference,
    rmt_adv.pmt_amt as payment_amount,
    rmt_adv.pmt_dt as paid_on
from "harbour"."raw_quickpay"."rmt_adv" as rmt_adv;
comment on view claims_staging.stg_quickpay__remittances is 'Remittances with readable names.';

create view claims_staging.stg_edi__submissions as
select
    x837_inbound.sbm_id as submission_id,
    x837_inbound.clm_no as claim_id,
    x837_inbound.sndr_id as sender_id,
    x837_inbound.rcv_ts as received_at,
    x837_inbound.acc_cd as acceptance_code,
    x837_inbound.rej_txt as rejection_text
from "harbour"."raw_edi"."x837_inbound" as x837_inbound;
comment on view claims_staging.stg_edi__submissions is 'Claim submissions at the gateway.';

create view claims_staging.stg_siu__cases as
select
    siu_case.case_no as case_id,
    siu_case.npi as provider_npi,
    siu_case.opn_dt as opened_on,
    siu_case.cls_dt as closed_on,
    siu_case.case_st as case_status,
    siu_case.est_loss as estimated_loss
from "harbour"."raw_siu"."siu_case" as siu_case;
comment on view claims_staging.stg_siu__cases is 'Investigation cases with readable names.';

create view claims_intermediate.int_claim_lines_adjusted as
select
    stg_quickpay__claim_lines.claim_line_id,
    stg_quickpay__claim_lines.claim_id,
    stg_quickpay__claim_lines.line_number,
    stg_quickpay__claim_lines.procedure_code,
    stg_quickpay__claim_lines.procedure_modifier,
    stg_quickpay__claim_lines.revenue_code,
    stg_quickpay__claim_lines.place_of_service_code,
    stg_quickpay__claim_lines.rendering_npi,
    stg_quickpay__claim_lines.units,
    stg_quickpay__claim_lines.billed_amount,
    stg_quickpay__claim_lines.allowed_amount,
    stg_quickpay__claim_lines.deductible_amount,
    stg_quickpay__claim_lines.copay_amount,
    stg_quickpay__claim_lines.coinsurance_amount,
    stg_quickpay__claim_lines.denial_reason_code,
    max(stg_quickpay__claim_lines.paid_amount) + coalesce(sum(stg_quickpay__adjustments.adjustment_amount), 0) as paid_amount
from "harbour"."claims_staging"."stg_quickpay__claim_lines" as stg_quickpay__claim_lines
left join "harbour"."claims_staging"."stg_quickpay__adjustments" as stg_quickpay__adjustments using (claim_id)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15;
comment on view claims_intermediate.int_claim_lines_adjusted is 'Claim lines with the share of later adjustments, so that paid amounts are final.';

create view claims_intermediate.int_claims_current_status as
select distinct on (stg_quickpay__status_history.claim_id)
    stg_quickpay__status_history.claim_id,
    claim_status_codes.claim_status,
    claim_status_codes.is_final,
    stg_quickpay__status_history.changed_at as status_since
from "harbour"."claims_staging"."stg_quickpay__status_history" as stg_quickpay__status_history
left join "harbour"."claims_seeds"."claim_status_codes" as claim_status_codes using (status_code)
order by stg_quickpay__status_history.claim_id, stg_quickpay__status_history.changed_at desc;
comment on view claims_intermediate.int_claims_current_status is 'Latest status of each claim, with the day it was reached.';

create view claims_intermediate.int_claims_with_coverage as
select
    stg_quickpay__claims.claim_id,
    stg_quickpay__claims.member_id,
    stg_quickpay__claims.billing_npi,
    stg_quickpay__claims.form_type,
    stg_quickpay__claims.bill_type,
    stg_quickpay__claims.service_from,
    stg_quickpay__claims.service_to,
    stg_quickpay__claims.admitted_on,
    stg_quickpay__claims.received_on,
    stg_quickpay__claims.adjudicated_on,
    stg_quickpay__claims.paid_on,
    stg_quickpay__claims.status_code,
    stg_quickpay__claims.billed_amount,
    stg_quickpay__claims.authorization_number,
    fct_coverage_spans.plan_code,
    fct_coverage_spans.group_id,
    fct_coverage_spans.segment
from "harbour"."claims_staging"."stg_quickpay__claims" as stg_quickpay__claims
left join "harbour"."membership"."fct_coverage_spans" as fct_coverage_spans on fct_coverage_spans.member_id = stg_quickpay__claims.member_id and stg_quickpay__claims.service_from between fct_coverage_spans.coverage_start and coalesce(fct_coverage_spans.coverage_end, date '9999-12-31');
comment on view claims_intermediate.int_claims_with_coverage is 'Claims with the coverage span in force on the first day of service.';

create table claims.fct_claims (
    claim_id varchar(14) primary key,
    member_id varchar(12) not null,
    billing_npi char(10) not null,
    form_type char(1),
    bill_type char(4),
    segment text,
    plan_code varchar(8),
    group_id varchar(10),
    service_from date,
    service_to date,
    admitted_on date,
    received_on date,
    adjudicated_on date,
    paid_on date,
    authorization_number varchar(12),
    claim_status text,
    billed_amount numeric(12,2),
    allowed_amount numeric(12,2),
    member_cost_share numeric(12,2),
    paid_amount numeric(12,2)
);
insert into claims.fct_claims
select
    int_claims_with_coverage.claim_id,
    int_claims_with_coverage.member_id,
    int_claims_with_coverage.billing_npi,
    int_claims_with_coverage.form_type,
    int_claims_with_coverage.bill_type,
    int_claims_with_coverage.segment,
    int_claims_with_coverage.plan_code,
    int_claims_with_coverage.group_id,
    int_claims_with_coverage.service_from,
    int_claims_with_coverage.service_to,
    int_claims_with_coverage.admitted_on,
    int_claims_with_coverage.received_on,
    int_claims_with_coverage.adjudicated_on,
    int_claims_with_coverage.paid_on,
    int_claims_with_coverage.authorization_number,
    int_claims_current_status.claim_status,
    int_claims_with_coverage.billed_amount,
    sum(int_claim_lines_adjusted.allowed_amount) as allowed_amount,
    sum(int_claim_lines_adjusted.deductible_amount + int_claim_lines_adjusted.copay_amount + int_claim_lines_adjusted.coinsurance_amount) as member_cost_share,
    sum(int_claim_lines_adjusted.paid_amount) as paid_amount
from "harbour"."claims_intermediate"."int_claims_with_coverage" as int_claims_with_coverage
left join "harbour"."claims_intermediate"."int_claims_current_status" as int_claims_current_status using (claim_id)
left join "harbour"."claims_intermediate"."int_claim_lines_adjusted" as int_claim_lines_adjusted using (claim_id)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17;
comment on table claims.fct_claims is 'Medical claims, final version: one row per claim, with dates, amounts and status. Drug claims are kept by Pharmacy.';
comment on column claims.fct_claims.claim_id is 'Claim number.';
comment on column claims.fct_claims.member_id is 'Member the service was for.';
comment on column claims.fct_claims.billing_npi is 'Provider who billed; see the provider directory.';
comment on column claims.fct_claims.form_type is 'I institutional (UB-04), P professional (CMS-1500).';
comment on column claims.fct_claims.bill_type is 'Type of bill, institutional claims only.';
comment on column claims.fct_claims.segment is 'Line of business: Medicare, individual, small group (up to 50 eligible employees) or large group.';
comment on column claims.fct_claims.plan_code is 'Plan of the span.';
comment on column claims.fct_claims.group_id is 'Sponsoring employer; empty for individual and Medicare members.';
comment on column claims.fct_claims.service_from is 'First day of service.';
comment on column claims.fct_claims.service_to is 'Last day of service.';
comment on column claims.fct_claims.admitted_on is 'Day of admission, inpatient only.';
comment on column claims.fct_claims.received_on is 'Day we received the claim.';
comment on column claims.fct_claims.adjudicated_on is 'Day the claim was adjudicated.';
comment on column claims.fct_claims.paid_on is 'Day the payment was issued.';
comment on column claims.fct_claims.authorization_number is 'Prior authorization quoted on the claim.';
comment on column claims.fct_claims.claim_status is 'Where the claim stands in adjudication.';
comment on column claims.fct_claims.billed_amount is 'Sum of the charges billed.';
comment on column claims.fct_claims.allowed_amount is 'Sum of contracted rates.';
comment on column claims.fct_claims.member_cost_share is 'Deductible, copayments and coinsurance owed by the member.';
comment on column claims.fct_claims.paid_amount is 'What we paid, adjustments included.';

create table claims.fct_claim_lines (
    claim_line_id text primary key,
    claim_id varchar(14) not null,
    member_id varchar(12) not null,
    rendering_npi char(10),
    line_number smallint,
    procedure_code varchar(7),
    procedure_modifier char(2),
    place_of_service text,
    segment text,
    service_from date,
    units numeric(9,2),
    setting text,
    billed_amount numeric(12,2),
    allowed_amount numeric(12,2),
    member_cost_share numeric(12,2),
    paid_amount numeric(12,2),
    denial_reason_code varchar(5),
    is_denied boolean not null
);
insert into claims.fct_claim_lines
select
    int_claim_lines_adjusted.claim_line_id,
    int_claim_lines_adjusted.claim_id,
    int_claims_with_coverage.member_id,
    int_claim_lines_adjusted.rendering_npi,
    int_claim_lines_adjusted.line_number,
    int_claim_lines_adjusted.procedure_code,
    int_claim_lines_adjusted.procedure_modifier,
    place_of_service_codes.place_of_service,
    int_claims_with_coverage.segment,
    int_claims_with_coverage.service_from,
    int_claim_lines_adjusted.units,
    place_of_service_codes.setting,
    int_claim_lines_adjusted.billed_amount,
    int_claim_lines_adjusted.allowed_amount,
    (int_claim_lines_adjusted.deductible_amount + int_claim_lines_adjusted.copay_amount + int_claim_lines_adjusted.coinsurance_amount) as member_cost_share,
    int_claim_lines_adjusted.paid_amount,
    int_claim_lines_adjusted.denial_reason_code,
    (int_claim_lines_adjusted.denial_reason_code is not null) as is_denied
from "harbour"."claims_intermediate"."int_claim_lines_adjusted" as int_claim_lines_adjusted
left join "harbour"."claims_intermediate"."int_claims_with_coverage" as int_claims_with_coverage using (claim_id)
left join "harbour"."claims_seeds"."place_of_service_codes" as place_of_service_codes using (place_of_service_code);
comment on table claims.fct_claim_lines is 'Claim lines: one service on one claim, with billed, allowed and paid amounts after adjustment.';
comment on column claims.fct_claim_lines.claim_line_id is 'Claim number and line number.';
comment on column claims.fct_claim_lines.claim_id is 'Claim of the line.';
comment on column claims.fct_claim_lines.member_id is 'Member the service was for.';
comment on column claims.fct_claim_lines.rendering_npi is 'Clinician who performed the service.';
comment on column claims.fct_claim_lines.line_number is 'Line number.';
comment on column claims.fct_claim_lines.procedure_code is 'Procedure, CPT or HCPCS.';
comment on column claims.fct_claim_lines.procedure_modifier is 'First procedure modifier.';
comment on column claims.fct_claim_lines.place_of_service is 'Name of the place.';
comment on column claims.fct_claim_lines.segment is 'Line of business: Medicare, individual, small group (up to 50 eligible employees) or large group.';
comment on column claims.fct_claim_lines.service_from is 'First day of service.';
comment on column claims.fct_claim_lines.units is 'Units.';
comment on column claims.fct_claim_lines.setting is 'Setting of the service.';
comment on column claims.fct_claim_lines.billed_amount is 'Charge on the bill.';
comment on column claims.fct_claim_lines.allowed_amount is 'Contracted rate for the service.';
comment on column claims.fct_claim_lines.member_cost_share is 'Part owed by the member.';
comment on column claims.fct_claim_lines.paid_amount is 'What we paid.';
comment on column claims.fct_claim_lines.denial_reason_code is 'Why the line was denied.';
comment on column claims.fct_claim_lines.is_denied is 'True when nothing was allowed on the line.';

create table claims.fct_claim_diagnoses (
    claim_id varchar(14) not null,
    member_id varchar(12) not null,
    diagnosis_rank smallint,
    diagnosis_code varchar(8),
    present_on_admission char(1),
    service_from date
);
insert into claims.fct_claim_diagnoses
select
    stg_quickpay__diagnoses.claim_id,
    int_claims_with_coverage.member_id,
    stg_quickpay__diagnoses.diagnosis_rank,
    stg_quickpay__diagnoses.diagnosis_code,
    stg_quickpay__diagnoses.present_on_admission,
    int_claims_with_coverage.service_from
from "harbour"."claims_staging"."stg_quickpay__diagnoses" as stg_quickpay__diagnoses
left join "harbour"."claims_intermediate"."int_claims_with_coverage" as int_claims_with_coverage using (claim_id);
comment on table claims.fct_claim_diagnoses is 'Diagnoses on final claims.';
comment on column claims.fct_claim_diagnoses.claim_id is 'Claim.';
comment on column claims.fct_claim_diagnoses.member_id is 'Member.';
comment on column claims.fct_claim_diagnoses.diagnosis_rank is '1 is the principal diagnosis.';
comment on column claims.fct_claim_diagnoses.diagnosis_code is 'ICD-10-CM code.';
comment on column claims.fct_claim_diagnoses.present_on_admission is 'Present on admission.';
comment on column claims.fct_claim_diagnoses.service_from is 'First day of service.';

create table claims.fct_encounters (
    encounter_key text not null,
    member_id varchar(12) not null,
    rendering_npi char(10),
    encounter_date date not null,
    encounter_type text,
    line_count bigint,
    encounter_cost numeric(12,2)
);
insert into claims.fct_encounters
select
    fct_claim_lines.member_id || '-' || fct_claim_lines.rendering_npi || '-' || to_char(fct_claim_lines.service_from, 'YYYYMMDD') as encounter_key,
    fct_claim_lines.member_id,
    fct_claim_lines.rendering_npi,
    fct_claim_lines.service_from as encounter_date,
    fct_claim_lines.setting as encounter_type,
    count(*) as line_count,
    sum(fct_claim_lines.paid_amount + fct_claim_lines.member_cost_share) as encounter_cost
from "harbour"."claims"."fct_claim_lines" as fct_claim_lines
group by 1, 2, 3, 4, 5;
comment on table claims.fct_encounters is 'Encounters: claim lines of one member, one provider and one day put together. The payer''s view of a visit; the care platform keeps its own.';
comment on column claims.fct_encounters.encounter_key is 'Member, clinician and day.';
comment on column claims.fct_encounters.member_id is 'Member seen.';
comment on column claims.fct_encounters.rendering_npi is 'Clinician seen.';
comment on column claims.fct_encounters.encounter_date is 'Day of the encounter.';
comment on column claims.fct_encounters.encounter_type is 'Setting: inpatient, outpatient, office, emergency or telehealth.';
comment on column claims.fct_encounters.line_count is 'Claim lines in the encounter.';
comment on column claims.fct_encounters.encounter_cost is 'Paid amount plus member cost share.';

create table claims.fct_payments (
    remittance_id bigint primary key,
    claim_id varchar(14),
    payee_npi char(10),
    payment_reference varchar(20),
    payment_amount numeric(12,2) not null,
    paid_on date not null,
    payee_type text
);
insert into claims.fct_payments
select
    stg_quickpay__remittances.remittance_id,
    stg_quickpay__remittances.claim_id,
    stg_quickpay__remittances.payee_npi,
    stg_quickpay__remittances.payment_reference,
    stg_quickpay__remittances.payment_amount,
    stg_quickpay__remittances.paid_on,
    case when stg_quickpay__remittances.payee_npi is null then 'member' else 'provider' end as payee_type
from "harbour"."claims_staging"."stg_quickpay__remittances" as stg_quickpay__remittances;
comment on table claims.fct_payments is 'Payments to providers and members, one row per remittance.';
comment on column claims.fct_payments.remittance_id is 'Number of the remittance.';
comment on column claims.fct_payments.claim_id is 'Paid claim.';
comment on column claims.fct_payments.payee_npi is 'Who was paid; empty when the member was reimbursed.';
comment on column claims.fct_payments.payment_reference is 'Check or transfer number.';
comment on column claims.fct_payments.payment_amount is 'Amount paid.';
comment on column claims.fct_payments.paid_on is 'Day of payment.';
comment on column claims.fct_payments.payee_type is 'Who was paid.';

create table claims.fct_claim_adjustments (
    adjustment_id bigint primary key,
    claim_id varchar(14),
    adjustment_reason_code varchar(5),
    adjusted_on date,
    adjustment_amount numeric(12,2) not null
);
insert into claims.fct_claim_adjustments
select
    stg_quickpay__adjustments.adjustment_id,
    stg_quickpay__adjustments.claim_id,
    stg_quickpay__adjustments.adjustment_reason_code,
    stg_quickpay__adjustments.adjusted_on,
    stg_quickpay__adjustments.adjustment_amount
from "harbour"."claims_staging"."stg_quickpay__adjustments" as stg_quickpay__adjustments;
comment on table claims.fct_claim_adjustments is 'Corrections of paid claims. Not journal adjustments: those are in the ledger.';
comment on column claims.fct_claim_adjustments.adjustment_id is 'Number of the adjustment.';
comment on column claims.fct_claim_adjustments.claim_id is 'Adjusted claim.';
comment on column claims.fct_claim_adjustments.adjustment_reason_code is 'Reason of the adjustment.';
comment on column claims.fct_claim_adjustments.adjusted_on is 'Day of the adjustment.';
comment on column claims.fct_claim_adjustments.adjustment_amount is 'Change of the paid amount.';

create table claims.fct_claim_status_events (
    claim_id varchar(14) not null,
    claim_status text not null,
    changed_at timestamp,
    changed_by varchar(20),
    pend_reason_code varchar(5),
    hours_in_previous_status numeric(9,1)
);
insert into claims.fct_claim_status_events
select
    stg_quickpay__status_history.claim_id,
    claim_status_codes.claim_status,
    stg_quickpay__status_history.changed_at,
    stg_quickpay__status_history.changed_by,
    stg_quickpay__status_history.pend_reason_code,
    extract(epoch from (stg_quickpay__status_history.changed_at - lag(stg_quickpay__status_history.changed_at) over (partition by stg_quickpay__status_history.claim_id order by stg_quickpay__status_history.changed_at))) / 3600 as hours_in_previous_status
from "harbour"."claims_staging"."stg_quickpay__status_history" as stg_quickpay__status_history
left join "harbour"."claims_seeds"."claim_status_codes" as claim_status_codes using (status_code);
comment on table claims.fct_claim_status_events is 'Every step a claim takes, with the time it waited before.';
comment on column claims.fct_claim_status_events.claim_id is 'Claim.';
comment on column claims.fct_claim_status_events.claim_status is 'Status reached.';
comment on column claims.fct_claim_status_events.changed_at is 'When it changed.';
comment on column claims.fct_claim_status_events.changed_by is 'Examiner, or AUTO when the engine decided.';
comment on column claims.fct_claim_status_events.pend_reason_code is 'Why the claim waits, when pended.';
comment on column claims.fct_claim_status_events.hours_in_previous_status is 'Hours the claim spent in the status before.';

create table claims.fct_claim_inventory_daily (
    inventory_date date not null,
    claim_status text not null,
    age_band text,
    open_claims bigint,
    billed_amount numeric(14,2)
);
insert into claims.fct_claim_inventory_daily
select
    current_date as inventory_date,
    int_claims_current_status.claim_status,
    case when current_date - stg_quickpay__claims.received_on <= 7 then '0-7' when current_date - stg_quickpay__claims.received_on <= 15 then '8-15' when current_date - stg_quickpay__claims.received_on <= 30 then '16-30' else 'over-30' end as age_band,
    count(*) as open_claims,
    sum(stg_quickpay__claims.billed_amount) as billed_amount
from "harbour"."claims_staging"."stg_quickpay__claims" as stg_quickpay__claims
left join "harbour"."claims_intermediate"."int_claims_current_status" as int_claims_current_status using (claim_id)
where not int_claims_current_status.is_final
group by 1, 2, 3;
comment on table claims.fct_claim_inventory_daily is 'Open claims at the end of each day by status and age: the examiners'' work list in numbers.';
comment on column claims.fct_claim_inventory_daily.inventory_date is 'Day of the count.';
comment on column claims.fct_claim_inventory_daily.claim_status is 'Status of the open claims.';
comment on column claims.fct_claim_inventory_daily.age_band is 'Days since receipt.';
comment on column claims.fct_claim_inventory_daily.open_claims is 'Number of open claims.';
comment on column claims.fct_claim_inventory_daily.billed_amount is 'Charges waiting.';

create table claims.fct_submissions (
    submission_id bigint primary key,
    claim_id varchar(14),
    sender_id varchar(15),
    received_at timestamp,
    rejection_text varchar(200),
    is_accepted boolean not null
);
insert into claims.fct_submissions
select
    stg_edi__submissions.submission_id,
    stg_edi__submissions.claim_id,
    stg_edi__submissions.sender_id,
    stg_edi__submissions.received_at,
    stg_edi__submissions.rejection_text,
    (stg_edi__submissions.acceptance_code = 'A') as is_accepted
from "harbour"."claims_staging"."stg_edi__submissions" as stg_edi__submissions;
comment on table claims.fct_submissions is 'Claim submissions at the gateway and whether they got in. A rejection here is not a denial: the claim was never looked at.';
comment on column claims.fct_submissions.submission_id is 'Number of the submission.';
comment on column claims.fct_submissions.claim_id is 'Claim number given on acceptance.';
comment on column claims.fct_submissions.sender_id is 'Clearinghouse that sent it.';
comment on column claims.fct_submissions.received_at is 'When it arrived.';
comment on column claims.fct_submissions.rejection_text is 'Why it was rejected.';
comment on column claims.fct_submissions.is_accepted is 'True when the claim entered the engine.';

create table claims.rpt_denials_monthly (
    month_start date,
    denial_group text,
    denied_lines bigint,
    denied_amount numeric(14,2)
);
insert into claims.rpt_denials_monthly
select
    date_trunc('month', fct_claim_lines.service_from)::date as month_start,
    denial_reason_codes.denial_group,
    count(*) as denied_lines,
    sum(fct_claim_lines.billed_amount) as denied_amount
from "harbour"."claims"."fct_claim_lines" as fct_claim_lines
left join "harbour"."claims_seeds"."denial_reason_codes" as denial_reason_codes using (denial_reason_code)
where fct_claim_lines.is_denied
group by 1, 2;
comment on table claims.rpt_denials_monthly is 'Denied lines by month and reason group.';
comment on column claims.rpt_denials_monthly.month_start is 'First day of the month of service.';
comment on column claims.rpt_denials_monthly.denial_group is 'Group of reasons.';
comment on column claims.rpt_denials_monthly.denied_lines is 'Number of denied lines.';
comment on column claims.rpt_denials_monthly.denied_amount is 'Charges denied.';

create table claims.fct_overpayment_findings (
    finding_key text primary key,
    claim_id varchar(14),
    case_id varchar(10),
    finding_rule text,
    suspected_amount numeric(12,2),
    fraud_risk numeric(4,3)
);
insert into claims.fct_overpayment_findings
select
    fct_claims.claim_id || '-billing-pattern' as finding_key,
    fct_claims.claim_id,
    stg_siu__cases.case_id,
    'billing_pattern' as finding_rule,
    (fct_claims.paid_amount) as suspected_amount,
    least(1.0, fct_claims.paid_amount / nullif(fct_claims.billed_amount, 0)) as fraud_risk
from "harbour"."claims"."fct_claims" as fct_claims
left join "harbour"."claims_staging"."stg_siu__cases" as stg_siu__cases on stg_siu__cases.provider_npi = fct_claims.billing_npi;
comment on table claims.fct_overpayment_findings is 'Claims suspected to be overpaid, one row per claim and rule.';
comment on column claims.fct_overpayment_findings.finding_key is 'Claim and rule.';
comment on column claims.fct_overpayment_findings.claim_id is 'Suspected claim.';
comment on column claims.fct_overpayment_findings.case_id is 'Investigation, when one was opened.';
comment on column claims.fct_overpayment_findings.finding_rule is 'Rule that flagged the claim.';
comment on column claims.fct_overpayment_findings.suspected_amount is 'Amount that may have been paid in error.';
comment on column claims.fct_overpayment_findings.fraud_risk is 'Estimated probability that the pattern is deliberate, 0 to 1.';

create table claims.dim_investigation_case (
    case_id varchar(10) primary key,
    provider_npi char(10),
    opened_on date,
    closed_on date,
    estimated_loss numeric(12,2),
    case_status varchar(10)
);
insert into claims.dim_investigation_case
select
    stg_siu__cases.case_id,
    stg_siu__cases.provider_npi,
    stg_siu__cases.opened_on,
    stg_siu__cases.closed_on,
    stg_siu__cases.estimated_loss,
    stg_siu__cases.case_status
from "harbour"."claims_staging"."stg_siu__cases" as stg_siu__cases;
comment on table claims.dim_investigation_case is 'Investigations of the special investigations unit. Not a case in the sense of care management or customer service.';
comment on column claims.dim_investigation_case.case_id is 'Case number.';
comment on column claims.dim_investigation_case.provider_npi is 'Provider under investigation.';
comment on column claims.dim_investigation_case.opened_on is 'Day opened.';
comment on column claims.dim_investigation_case.closed_on is 'Day closed.';
comment on column claims.dim_investigation_case.estimated_loss is 'Estimated loss.';
comment on column claims.dim_investigation_case.case_status is 'State of the investigation; referred means handed to the authorities.';

create table claims.fct_recoveries (
    adjustment_id bigint primary key,
    claim_id varchar(14),
    recovered_on date,
    recovered_amount numeric(12,2)
);
insert into claims.fct_recoveries
select
    fct_claim_adjustments.adjustment_id,
    fct_claim_adjustments.claim_id,
    fct_claim_adjustments.adjusted_on as recovered_on,
    (-fct_claim_adjustments.adjustment_amount) as recovered_amount
from "harbour"."claims"."fct_claim_adjustments" as fct_claim_adjustments
where fct_claim_adjustments.adjustment_amount < 0;
comment on table claims.fct_recoveries is 'Money that came back after an overpayment was found.';
comment on column claims.fct_recoveries.adjustment_id is 'Adjustment that brought the money back.';
comment on column claims.fct_recoveries.claim_id is 'Claim.';
comment on column claims.fct_recoveries.recovered_on is 'Day of the recovery.';
comment on column claims.fct_recoveries.recovered_amount is 'Amount recovered, positive.';

alter table claims.fct_claims add foreign key (member_id) references membership.dim_member (member_id);
alter table claims.fct_claim_lines add foreign key (claim_id) references claims.fct_claims (claim_id);
alter table claims.fct_claim_lines add foreign key (member_id) references membership.dim_member (member_id);
alter table claims.fct_claim_lines add foreign key (denial_reason_code) references claims_seeds.denial_reason_codes (denial_reason_code);
alter table claims.fct_claim_diagnoses add foreign key (claim_id) references claims.fct_claims (claim_id);
alter table claims.fct_payments add foreign key (claim_id) references claims.fct_claims (claim_id);
alter table claims.fct_claim_adjustments add foreign key (claim_id) references claims.fct_claims (claim_id);
alter table claims.fct_claim_status_events add foreign key (claim_id) references claims.fct_claims (claim_id);
alter table claims.fct_overpayment_findings add foreign key (claim_id) references claims.fct_claims (claim_id);
alter table claims.fct_overpayment_findings add foreign key (case_id) references claims.dim_investigation_case (case_id);
alter table claims.fct_recoveries add foreign key (adjustment_id) references claims.fct_claim_adjustments (adjustment_id);
reset role;
