-- What the timeline needs beside the checkpoints' states. Every row comes from the events and can be rebuilt from them.

-- A domain's name, definition and current checkpoint from the version on that changed it; "at version v" is the greatest from_version up to v. One
-- row for each value, not one for each state of the domain: an event knows what it changes, and need not read what it leaves.
create table eventcheckpoints.domain_values (
    tenant_id    text   not null,
    domain_id    uuid   not null,
    field        text   not null, -- name, definition or current
    from_version bigint not null,
    value        text   null,
    constraint domain_values_pkey primary key (tenant_id, domain_id, field, from_version)
);
