-- The libvirt hosts that servers learn from by themselves, and what came of the last look at each. Working state, no history: what was learned is in the events.
create table eventcheckpoints.sources (
    tenant_id text        not null,
    name      text        not null,
    uri       text        not null,
    every     integer     not null, -- seconds between looks
    started   timestamptz null,     -- the last look
    ended     timestamptz null,     -- the last that ended
    succeeded timestamptz null,     -- the last that could learn of all domains
    wanted    timestamptz null,     -- somebody asked for a look
    last      jsonb       null,     -- what came of the last that ended
    constraint sources_pkey primary key (tenant_id, name)
);

grant insert, update, delete on eventcheckpoints.sources to eventcheckpoints_host;
