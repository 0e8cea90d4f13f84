-- What is there before the models of the dbt project `claims`. Written by examples/generate.py; changes here are lost.
create schema claims_seeds;
create schema membership;
create schema raw_edi;
create schema raw_quickpay;
create schema raw_siu;

create table raw_quickpay.clm_hdr (
    clm_no varchar(14) primary key,
    clm_ver smallint not null,
    mbr_id varchar(12) not null,
    bill_npi char(10) not null,
    frm_typ char(1),
    bill_typ char(4),
    svc_frm_dt date not null,
    svc_thru_dt date,
    adm_dt date,
    rcv_dt date not null,
    adjud_dt date,
    pd_dt date,
    stat_cd char(2) not null,
    tot_chrg numeric(12,2),
    auth_no varchar(12)
);
comment on table raw_quickpay.clm_hdr is 'Claim headers. One row per claim and version; a corrected claim gets a new version.';
comment on column raw_quickpay.clm_hdr.clm_no is 'Claim number.';
comment on column raw_quickpay.clm_hdr.clm_ver is 'Version of the claim, 1 for the first submission.';
comment on column raw_quickpay.clm_hdr.mbr_id is 'Member the service was for.';
comment on column raw_quickpay.clm_hdr.bill_npi is 'National provider identifier of the billing provider.';
comment on column raw_quickpay.clm_hdr.frm_typ is 'I institutional (UB-04), P professional (CMS-1500).';
comment on column raw_quickpay.clm_hdr.bill_typ is 'Type of bill, institutional claims only.';
comment on column raw_quickpay.clm_hdr.svc_frm_dt is 'First day of service.';
comment on column raw_quickpay.clm_hdr.svc_thru_dt is 'Last day of service.';
comment on column raw_quickpay.clm_hdr.adm_dt is 'Day of admission, inpatient only.';
comment on column raw_quickpay.clm_hdr.rcv_dt is 'Day we received the claim.';
comment on column raw_quickpay.clm_hdr.adjud_dt is 'Day the claim was adjudicated.';
comment on column raw_quickpay.clm_hdr.pd_dt is 'Day the payment was issued.';
comment on column raw_quickpay.clm_hdr.stat_cd is 'Status code: 10 received, 20 pended, 30 approved, 40 denied, 50 paid, 90 void.';
comment on column raw_quickpay.clm_hdr.tot_chrg is 'Sum of charges billed.';
comment on column raw_quickpay.clm_hdr.auth_no is 'Prior authorization quoted on the claim.';

create table raw_quickpay.clm_ln (
    clm_no varchar(14),
    ln_no smallint not null,
    px_cd varchar(7),
    px_mod char(2),
    rev_cd char(4),
    pos_cd char(2),
    rend_npi char(10),
    unt_qty numeric(9,2),
    chrg_amt numeric(12,2),
    alwd_amt numeric(12,2),
    ded_amt numeric(12,2),
    copay_amt numeric(12,2),
    coins_amt numeric(12,2),
    pd_amt numeric(12,2),
    dny_rsn_cd varchar(5)
);
comment on table raw_quickpay.clm_ln is 'Claim lines: one service on a claim.';
comment on column raw_quickpay.clm_ln.clm_no is 'Claim number.';
comment on column raw_quickpay.clm_ln.ln_no is 'Line number.';
comment on column raw_quickpay.clm_ln.px_cd is 'Procedure, CPT or HCPCS.';
comment on column raw_quickpay.clm_ln.px_mod is 'First procedure modifier.';
comment on column raw_quickpay.clm_ln.rev_cd is 'Revenue code of the hospital bill. A billing code; nothing to do with our revenue.';
comment on column raw_quickpay.clm_ln.pos_cd is 'Place of service.';
comment on column raw_quickpay.clm_ln.rend_npi is 'National provider identifier of the clinician who did it.';
comment on column raw_quickpay.clm_ln.unt_qty is 'Units.';
comment on column raw_quickpay.clm_ln.chrg_amt is 'Billed charge.';
comment on column raw_quickpay.clm_ln.alwd_amt is 'Allowed amount: the contracted rate.';
comment on column raw_quickpay.clm_ln.ded_amt is 'Part of the allowed amount that counts to the deductible.';
comment on column raw_quickpay.clm_ln.copay_amt is 'Copayment.';
comment on column raw_quickpay.clm_ln.coins_amt is 'Coinsurance.';
comment on column raw_quickpay.clm_ln.pd_amt is 'What we paid.';
comment on column raw_quickpay.clm_ln.dny_rsn_cd is 'Denial reason when the line was denied.';

create table raw_quickpay.clm_dx (
    clm_no varchar(14),
    dx_seq smallint not null,
    dx_cd varchar(8) not null,
    poa_ind char(1)
);
comment on table raw_quickpay.clm_dx is 'Diagnoses on claims.';
comment on column raw_quickpay.clm_dx.clm_no is 'Claim number.';
comment on column raw_quickpay.clm_dx.dx_seq is '1 is the principal diagnosis.';
comment on column raw_quickpay.clm_dx.dx_cd is 'ICD-10-CM code.';
comment on column raw_quickpay.clm_dx.poa_ind is 'Present on admission.';

create table raw_quickpay.clm_stat_hist (
    clm_no varchar(14),
    stat_cd char(2) not null,
    stat_ts timestamp not null,
    usr_id varchar(20),
    pnd_rsn_cd varchar(5)
);
comment on table raw_quickpay.clm_stat_hist is 'Every change of status of a claim.';
comment on column raw_quickpay.clm_stat_hist.clm_no is 'Claim number.';
comment on column raw_quickpay.clm_stat_hist.stat_cd is 'New status.';
comment on column raw_quickpay.clm_stat_hist.stat_ts is 'When it changed.';
comment on column raw_quickpay.clm_stat_hist.usr_id is 'Examiner, or AUTO when the engine decided.';
comment on column raw_quickpay.clm_stat_hist.pnd_rsn_cd is 'Why the claim waits, when pended.';

create table raw_quickpay.clm_adj (
    adj_no bigint primary key,
    clm_no varchar(14),
    adj_rsn_cd varchar(5),
    adj_amt numeric(12,2) not null,
    adj_dt date not null
);
comment on table raw_quickpay.clm_adj is 'Adjustments of paid claims: reversals and corrected payments.';
comment on column raw_quickpay.clm_adj.adj_no is 'Number of the adjustment.';
comment on column raw_quickpay.clm_adj.clm_no is 'Adjusted claim.';
comment on column raw_quickpay.clm_adj.adj_rsn_cd is 'Reason of the adjustment.';
comment on column raw_quickpay.clm_adj.adj_amt is 'Change of the paid amount; negative when money comes back.';
comment on column raw_quickpay.clm_adj.adj_dt is 'Day of the adjustment.';

create table raw_quickpay.rmt_adv (
    rmt_no bigint primary key,
    clm_no varchar(14),
    payee_npi char(10),
    chk_eft_no varchar(20),
    pmt_amt numeric(12,2) not null,
    pmt_dt date not null
);
comment on table raw_quickpay.rmt_adv is 'Remittance advices (835) sent with payments.';
comment on column raw_quickpay.rmt_adv.rmt_no is 'Number of the remittance.';
comment on column raw_quickpay.rmt_adv.clm_no is 'Paid claim.';
comment on column raw_quickpay.rmt_adv.payee_npi is 'Who was paid; empty when the member was reimbursed.';
comment on column raw_quickpay.rmt_adv.chk_eft_no is 'Check or transfer number.';
comment on column raw_quickpay.rmt_adv.pmt_amt is 'Amount paid.';
comment on column raw_quickpay.rmt_adv.pmt_dt is 'Day of payment.';

create table raw_edi.x837_inbound (
    sbm_id bigint primary key,
    clm_no varchar(14),
    sndr_id varchar(15) not null,
    rcv_ts timestamp not null,
    acc_cd char(1),
    rej_txt varchar(200)
);
comment on table raw_edi.x837_inbound is 'Claims as submitted (837), one row per submission, accepted or not.';
comment on column raw_edi.x837_inbound.sbm_id is 'Number of the submission.';
comment on column raw_edi.x837_inbound.clm_no is 'Claim number given on acceptance.';
comment on column raw_edi.x837_inbound.sndr_id is 'Clearinghouse that sent it.';
comment on column raw_edi.x837_inbound.rcv_ts is 'When it arrived.';
comment on column raw_edi.x837_inbound.acc_cd is 'A accepted, R rejected at the gate.';
comment on column raw_edi.x837_inbound.rej_txt is 'Why it was rejected.';

create table raw_siu.siu_case (
    case_no varchar(10) primary key,
    npi char(10),
    opn_dt date not null,
    cls_dt date,
    case_st varchar(10),
    est_loss numeric(12,2)
);
comment on table raw_siu.siu_case is 'Investigations of suspected fraud, waste or abuse.';
comment on column raw_siu.siu_case.case_no is 'Case number.';
comment on column raw_siu.siu_case.npi is 'Provider under investigation.';
comment on column raw_siu.siu_case.opn_dt is 'Day opened.';
comment on column raw_siu.siu_case.cls_dt is 'Day closed.';
comment on column raw_siu.siu_case.case_st is 'State of the investigation.';
comment on column raw_siu.siu_case.est_loss is 'Estimated loss.';

create table membership.dim_member (
    member_id varchar(12) primary key,
    relationship_code char(2),
    language char(3),
    county_fips char(5),
    street varchar(120),
    subscriber_id varchar(12),
    first_name varchar(60) not null,
    last_name varchar(60) not null,
    birth_date date,
    sex char(1),
    email varchar(120),
    phone varchar(20),
    city varchar(60),
    state char(2),
    zip_code varchar(10),
    death_date date,
    is_subscriber boolean,
    current_plan_code varchar(8),
    current_segment text,
    first_coverage_date date,
    last_coverage_date date,
    is_active boolean not null
);
comment on table membership.dim_member is 'Members: one row for every person who is or was enrolled in a Harbour Health plan, subscribers and dependants alike. The only place that assigns member numbers; other domains join on member_id.';
comment on column membership.dim_member.member_id is 'Member number, as on the card without the dependant suffix.';
comment on column membership.dim_member.relationship_code is 'Relationship to the subscriber, X12 code: 18 self, 01 spouse, 19 child, G8 other.';
comment on column membership.dim_member.language is 'Preferred language, ISO 639-2.';
comment on column membership.dim_member.county_fips is 'County, FIPS code.';
comment on column membership.dim_member.street is 'Street and house number.';
comment on column membership.dim_member.subscriber_id is 'Member number of the subscriber of the household.';
comment on column membership.dim_member.first_name is 'First name.';
comment on column membership.dim_member.last_name is 'Last name.';
comment on column membership.dim_member.birth_date is 'Date of birth.';
comment on column membership.dim_member.sex is 'Administrative sex: F, M or U.';
comment on column membership.dim_member.email is 'E-mail address for plan documents. Not a marketing consent.';
comment on column membership.dim_member.phone is 'Phone number.';
comment on column membership.dim_member.city is 'City.';
comment on column membership.dim_member.state is 'State.';
comment on column membership.dim_member.zip_code is 'Postal code.';
comment on column membership.dim_member.death_date is 'Date of death, when known.';
comment on column membership.dim_member.is_subscriber is 'True for the policy holder, false for dependants.';
comment on column membership.dim_member.current_plan_code is 'Plan in force today; empty when the member is not active.';
comment on column membership.dim_member.current_segment is 'Line of business of the coverage in force today.';
comment on column membership.dim_member.first_coverage_date is 'First day the person was ever covered by us.';
comment on column membership.dim_member.last_coverage_date is 'Last covered day; empty while the coverage is open.';
comment on column membership.dim_member.is_active is 'True when a coverage span includes today. Nothing to do with using services or opening mail.';

create table membership.fct_coverage_spans (
    coverage_span_id bigint primary key,
    member_id varchar(12) not null,
    plan_code varchar(8) not null,
    group_id varchar(10),
    segment text,
    coverage_start date,
    coverage_end date,
    monthly_premium_rate numeric(9,2),
    termination_reason text,
    is_voluntary boolean
);
comment on table membership.fct_coverage_spans is 'Coverage spans: who was covered, under which plan, from which day to which.';
comment on column membership.fct_coverage_spans.coverage_span_id is 'Number of the coverage span.';
comment on column membership.fct_coverage_spans.member_id is 'Covered member.';
comment on column membership.fct_coverage_spans.plan_code is 'Plan of the span.';
comment on column membership.fct_coverage_spans.group_id is 'Sponsoring employer; empty for individual and Medicare members.';
comment on column membership.fct_coverage_spans.segment is 'Line of business: Medicare, individual, small group (up to 50 eligible employees) or large group.';
comment on column membership.fct_coverage_spans.coverage_start is 'First covered day.';
comment on column membership.fct_coverage_spans.coverage_end is 'Last covered day; empty while the coverage is open.';
comment on column membership.fct_coverage_spans.monthly_premium_rate is 'Filed monthly rate for this person before subsidies. What was invoiced or collected is kept by Finance.';
comment on column membership.fct_coverage_spans.termination_reason is 'Why the coverage ended, in words.';
comment on column membership.fct_coverage_spans.is_voluntary is 'True when member or employer chose to leave.';

create table claims_seeds.claim_status_codes (
    status_code char(2) primary key,
    claim_status text not null,
    is_final boolean not null
);
comment on table claims_seeds.claim_status_codes is 'Status codes of the claim engine in words.';
comment on column claims_seeds.claim_status_codes.status_code is 'Code.';
comment on column claims_seeds.claim_status_codes.claim_status is 'received, pended, approved, denied, paid or void.';
comment on column claims_seeds.claim_status_codes.is_final is 'True when nothing more will happen to the claim by itself.';

create table claims_seeds.denial_reason_codes (
    denial_reason_code varchar(5) primary key,
    denial_reason text not null,
    denial_group text
);
comment on table claims_seeds.denial_reason_codes is 'Why we deny lines, grouped for reporting.';
comment on column claims_seeds.denial_reason_codes.denial_reason_code is 'Code.';
comment on column claims_seeds.denial_reason_codes.denial_reason is 'Reason in words.';
comment on column claims_seeds.denial_reason_codes.denial_group is 'eligibility, authorization, coding, timely filing, duplicate or benefit limit.';

create table claims_seeds.place_of_service_codes (
    place_of_service_code char(2) primary key,
    place_of_service text not null,
    setting text
);
comment on table claims_seeds.place_of_service_codes is 'Places of service, with the setting we report them under.';
comment on column claims_seeds.place_of_service_codes.place_of_service_code is 'Two digit code.';
comment on column claims_seeds.place_of_service_codes.place_of_service is 'Name of the place.';
comment on column claims_seeds.place_of_service_codes.setting is 'inpatient, outpatient, office, emergency, telehealth or other.';

alter table raw_quickpay.clm_ln add foreign key (clm_no) references raw_quickpay.clm_hdr (clm_no);
alter table raw_quickpay.clm_dx add foreign key (clm_no) references raw_quickpay.clm_hdr (clm_no);
alter table raw_quickpay.clm_stat_hist add foreign key (clm_no) references raw_quickpay.clm_hdr (clm_no);
alter table raw_quickpay.clm_adj add foreign key (clm_no) references raw_quickpay.clm_hdr (clm_no);
alter table raw_quickpay.rmt_adv add foreign key (clm_no) references raw_quickpay.clm_hdr (clm_no);
alter table membership.fct_coverage_spans add foreign key (member_id) references membership.dim_member (member_id);
