-- Rows of the tables that systems load: 120 members, 400 claims. Numbers are worked out from counters, so they are the same everywhere.
insert into claims_seeds.claim_status_codes values
    ('10', 'received', false), ('20', 'pended', false), ('30', 'approved', false),
    ('40', 'denied', true), ('50', 'paid', true), ('90', 'void', true);

insert into claims_seeds.denial_reason_codes values
    ('D01', 'Not covered on the day of service', 'eligibility'), ('D02', 'No prior authorization', 'authorization'),
    ('D03', 'Procedure does not fit the diagnosis', 'coding'), ('D04', 'Billed twice', 'duplicate');

insert into claims_seeds.place_of_service_codes values
    ('02', 'Telehealth', 'telehealth'), ('11', 'Office', 'office'), ('21', 'Inpatient hospital', 'inpatient'),
    ('22', 'Outpatient hospital', 'outpatient'), ('23', 'Emergency room', 'emergency');

insert into membership.dim_member
select 'M' || to_char(n, 'FM00000'), '18', 'eng', '23005', n || ' Harbor Street', 'M' || to_char(n, 'FM00000'),
    (array['Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn'])[1 + n % 6], (array['Ames', 'Bly', 'Cobb', 'Dow', 'Ewing'])[1 + n % 5],
    date '1940-01-15' + n * 200, (array['F', 'M'])[1 + n % 2], 'member' || n || '@mail.example', '555-0' || 100 + n,
    (array['Portland', 'Nashua', 'Barre', 'Salem'])[1 + n % 4], (array['ME', 'NH', 'VT', 'MA'])[1 + n % 4], '0' || 4000 + n,
    null, true, (array['HH-PPO1', 'HH-MA02', 'HH-MKT3'])[1 + n % 3], (array['large_group', 'medicare', 'individual'])[1 + n % 3],
    date '2025-01-01', case when n % 9 = 0 then date '2026-06-30' end, n % 9 <> 0
from generate_series(1, 120) as n;

insert into membership.fct_coverage_spans
select row_number() over (order by member_id), member_id, current_plan_code,
    case current_segment when 'large_group' then 'G' || substr(member_id, 5) end, current_segment, first_coverage_date,
    last_coverage_date, 310.00, case when not is_active then 'moved away' end, not is_active
from membership.dim_member;

-- One claim of eight is new, one waits, one is denied, one is void, the others are paid.
insert into raw_quickpay.clm_hdr
select 'C' || to_char(n, 'FM0000000'), 1, 'M' || to_char(1 + n * 7 % 120, 'FM00000'), '10000000' || 10 + n % 15,
    case when n % 5 = 0 then 'I' else 'P' end, case when n % 5 = 0 then '0111' end, day, day + n % 5 / 4,
    case when n % 5 = 0 then day end, day + 4, case when n % 8 > 1 then day + 9 end, case when n % 8 > 3 then day + 14 end,
    (array['10', '20', '40', '90', '50', '50', '50', '50'])[1 + n % 8], 90 + n % 40 * 25, case when n % 6 = 0 then 'A' || n end
from generate_series(1, 400) as n, lateral (select date '2026-01-02' + n * 4 / 5) as days (day);

insert into raw_quickpay.clm_ln
select clm_no, line, (array['99213', '85025', '71046', '99284'])[1 + (day + line) % 4], null,
    case when frm_typ = 'I' then '0450' end, (array['11', '02', '22', '23', '21'])[1 + (day + line) % 5], bill_npi, 1, charge,
    case when denied then 0 else allowed end, case when denied then 0 else 20 end, 0, case when denied then 0 else round(allowed / 10, 2) end,
    case when denied or pd_dt is null then 0 else allowed - 20 - round(allowed / 10, 2) end,
    case when denied then 'D0' || 1 + day % 4 end
from raw_quickpay.clm_hdr, generate_series(1, 2) as line,
    lateral (select round(tot_chrg / 2, 2), round(tot_chrg * 0.4, 2), svc_frm_dt - date '2026-01-01', stat_cd = '40')
        as numbers (charge, allowed, day, denied);

insert into raw_quickpay.clm_dx
select clm_no, rank, (array['I10', 'E11.9', 'J06.9', 'M54.5', 'S93.4'])[1 + (svc_frm_dt - date '2026-01-01' + rank * 2) % 5], 'Y'
from raw_quickpay.clm_hdr, generate_series(1, 2) as rank;

insert into raw_quickpay.clm_stat_hist
select clm_no, '10', rcv_dt + time '08:00', 'AUTO', null from raw_quickpay.clm_hdr
union all
select clm_no, '20', rcv_dt + time '15:30', 'examiner7', 'MEDRC' from raw_quickpay.clm_hdr where stat_cd = '20'
union all
select clm_no, '30', adjud_dt + time '10:00', 'AUTO', null from raw_quickpay.clm_hdr where stat_cd = '50'
union all
select clm_no, stat_cd, coalesce(pd_dt, adjud_dt) + time '17:00', 'examiner3', null from raw_quickpay.clm_hdr where adjud_dt is not null;

insert into raw_quickpay.rmt_adv
select row_number() over (order by clm_no), clm_no, case when right(clm_no, 1) <> '7' then max(bill_npi) end,
    'EFT' || clm_no, sum(pd_amt), max(pd_dt)
from raw_quickpay.clm_hdr join raw_quickpay.clm_ln using (clm_no)
where pd_dt is not null
group by clm_no;

insert into raw_quickpay.clm_adj
select rmt_no, clm_no, case when rmt_no % 3 = 0 then 'LATE' else 'OVERP' end, case when rmt_no % 3 = 0 then 12.50 else -15 end, pmt_dt + 30
from raw_quickpay.rmt_adv
where rmt_no % 10 < 2;

insert into raw_edi.x837_inbound
select row_number() over (order by clm_no), clm_no, 'GATEWAY' || right(clm_no, 1)::int % 3, rcv_dt + time '07:15', 'A', null
from raw_quickpay.clm_hdr
union all
select 1000 + n, null, 'GATEWAY' || n % 3, timestamp '2026-02-01 07:20' + n * interval '9 days', 'R', 'Unknown member number'
from generate_series(1, 25) as n;

insert into raw_siu.siu_case
select 'S' || to_char(n, 'FM0000'), '10000000' || 10 + n, date '2026-03-01' + n * 21, case when n % 2 = 0 then date '2026-07-15' + n end,
    case when n % 2 = 0 then (array['closed', 'referred'])[1 + n / 2 % 2] else 'open' end, 4000 + n * 850
from generate_series(1, 7) as n;
