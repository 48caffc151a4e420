-- The tamper-evident log: a Merkle tree (RFC 6962) over all events, in an order without gaps. Only ever added to, like the events.

-- What stands for each event, in the order of the log; hash is that of the leaf.
create table eventcheckpoints.log_entries (
    index    bigint not null,
    sequence bigint not null, -- mt_events.seq_id
    entry    text   not null, -- RFC 8785 JSON
    hash     bytea  not null,
    constraint log_entries_pkey primary key (index),
    constraint log_entries_sequence unique (sequence)
);

-- The roots of complete subtrees of 256^level leaves, from level 1 on; level 0 are the leaves themselves.
create table eventcheckpoints.log_hashes (
    level smallint not null,
    index bigint   not null,
    hash  bytea    not null,
    constraint log_hashes_pkey primary key (level, index)
);

-- What was signed, as it was signed.
create table eventcheckpoints.log_checkpoints (
    size   bigint      not null,
    origin text        not null,
    note   text        not null, -- C2SP signed-note
    signed timestamptz not null default now(),
    constraint log_checkpoints_pkey primary key (size, origin)
);

grant insert on eventcheckpoints.log_entries, eventcheckpoints.log_hashes, eventcheckpoints.log_checkpoints to eventcheckpoints_host;

create trigger append_only before update or delete or truncate on eventcheckpoints.log_entries for each statement execute function eventcheckpoints.refuse_change();
create trigger append_only before update or delete or truncate on eventcheckpoints.log_hashes for each statement execute function eventcheckpoints.refuse_change();
create trigger append_only before update or delete or truncate on eventcheckpoints.log_checkpoints for each statement execute function eventcheckpoints.refuse_change();
alter table eventcheckpoints.log_entries enable always trigger append_only;
alter table eventcheckpoints.log_hashes enable always trigger append_only;
alter table eventcheckpoints.log_checkpoints enable always trigger append_only;
