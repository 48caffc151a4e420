-- Legal holds. A database of before has no event that places one, so there is nothing to rebuild.

-- One row for each hold, from the version of the event that placed it to the version of the one that released it; active is to_version is null. An id
-- can be used again once it is released.
create table eventcheckpoints.holds (
    tenant_id    text        not null,
    domain_id    uuid        not null,
    hold         text        not null, -- its id
    checkpoint   text        null,     -- what it holds; null is the whole domain
    from_version bigint      not null,
    to_version   bigint      null,
    recorded     timestamptz not null,
    constraint holds_pkey primary key (tenant_id, domain_id, hold, from_version)
);

-- How many are active, for lists of domains.
create index holds_now on eventcheckpoints.holds (tenant_id, domain_id) where to_version is null;

grant insert, update (to_version) on eventcheckpoints.holds to eventcheckpoints_host;
