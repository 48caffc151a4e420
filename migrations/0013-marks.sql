-- What is said of checkpoints beside what they are: whose each is, that a host has lost it, on which disks it cannot be relied on. A database of before has no event that
-- says so, so there is nothing to rebuild. On which host a domain is, and what its disks are there, are rows of domain_values: fields host and hostDisks.

-- One row for each thing that is said, from the version of the event that said it to the version of the one that ended it; what holds is to_version is null.
create table eventcheckpoints.checkpoint_marks (
    tenant_id    text   not null,
    domain_id    uuid   not null,
    checkpoint   text   not null,
    mark         text   not null, -- owner, lost, or a disk's target and its fault, such as "vda resized"
    from_version bigint not null,
    to_version   bigint null,
    value        jsonb  not null, -- the owner; what was seen
    constraint checkpoint_marks_pkey primary key (tenant_id, domain_id, checkpoint, mark, from_version)
);

-- How many hold, for lists of domains.
create index checkpoint_marks_now on eventcheckpoints.checkpoint_marks (tenant_id, domain_id) where to_version is null;

-- Which domains are on a host: the last of these rows of each says where it is.
create index domain_values_host on eventcheckpoints.domain_values (tenant_id, value) where field = 'host';

grant insert, update (to_version) on eventcheckpoints.checkpoint_marks to eventcheckpoints_host;
