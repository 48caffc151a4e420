-- Each state of a checkpoint says which life it belongs to: the version of the event that began it. Walking back to there took as long as the life had states.
alter table eventcheckpoints.checkpoint_states add column began bigint null;

update eventcheckpoints.checkpoint_states s set began = l.began
from (
    select tenant_id, domain_id, name, from_version, max(case when goes_on then null else from_version end) over states as began
    from (
        select tenant_id, domain_id, name, from_version,
            coalesce(lag(to_version) over (partition by tenant_id, domain_id, name order by from_version) = from_version, false) as goes_on
        from eventcheckpoints.checkpoint_states) b
    window states as (partition by tenant_id, domain_id, name order by from_version)) l
where l.tenant_id = s.tenant_id and l.domain_id = s.domain_id and l.name = s.name and l.from_version = s.from_version;

alter table eventcheckpoints.checkpoint_states alter column began set not null;
