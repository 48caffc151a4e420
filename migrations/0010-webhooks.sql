-- Webhooks: whom events are sent to over HTTP, how far each is, and what came of it. Working state, no history: who changed a webhook is among the audit records.

create table eventcheckpoints.webhooks (
    tenant_id        text        not null,
    id               uuid        not null,
    url              text        not null,
    description      text        null,
    filter           jsonb       not null, -- which events, as the feed's own filter
    secret           text        not null, -- whsec_…, Standard Webhooks
    old_secret       text        null,     -- signs too until its time is up
    old_secret_until timestamptz null,
    state            text        not null, -- active, paused, disabled
    state_reason     text        null,
    position         bigint      not null, -- each event up to it that the filter lets through is delivered, dead, or waits in a lane
    not_before       timestamptz null,     -- the target asked for a pause
    revision         bigint      not null, -- of what a caller set: who works for the webhook begins again where it is another
    created          timestamptz not null default now(),
    created_by       text        null,
    constraint webhooks_pkey primary key (tenant_id, id)
);

-- A domain's events on their way to a webhook, one after another. A lane is gone once all are delivered.
create table eventcheckpoints.webhook_lanes (
    tenant_id text        not null,
    webhook   uuid        not null,
    domain_id uuid        not null,
    position  bigint      not null, -- all of the domain up to it are delivered, or dead
    until     bigint      not null, -- the last that is known
    attempts  integer     not null default 0, -- that failed, of the event behind the position
    due       timestamptz null,     -- of the next attempt; null: at once
    constraint webhook_lanes_pkey primary key (tenant_id, webhook, domain_id),
    constraint webhook_lanes_webhook foreign key (tenant_id, webhook) references eventcheckpoints.webhooks on delete cascade
);

-- Each attempt. Kept for a while.
create table eventcheckpoints.webhook_deliveries (
    tenant_id    text        not null,
    webhook      uuid        not null,
    number       bigint      not null generated always as identity,
    sequence     bigint      not null, -- of the event; 0 for a test
    attempt      integer     not null, -- from 1
    attempted    timestamptz not null,
    outcome      text        not null, -- delivered, failed, dead
    status       integer     null,     -- HTTP's; null where no answer came
    error        text        null,
    milliseconds integer     not null,
    constraint webhook_deliveries_pkey primary key (tenant_id, webhook, number),
    constraint webhook_deliveries_webhook foreign key (tenant_id, webhook) references eventcheckpoints.webhooks on delete cascade
);

create index webhook_deliveries_attempted on eventcheckpoints.webhook_deliveries (attempted);

-- Events that were given up, until somebody sends them again.
create table eventcheckpoints.webhook_dead_letters (
    tenant_id text        not null,
    webhook   uuid        not null,
    sequence  bigint      not null,
    domain_id uuid        not null,
    attempts  integer     not null,
    given_up  timestamptz not null,
    status    integer     null,
    error     text        null,
    constraint webhook_dead_letters_pkey primary key (tenant_id, webhook, sequence),
    constraint webhook_dead_letters_webhook foreign key (tenant_id, webhook) references eventcheckpoints.webhooks on delete cascade
);

grant insert, update, delete on eventcheckpoints.webhooks, eventcheckpoints.webhook_lanes to eventcheckpoints_host;
grant insert, delete on eventcheckpoints.webhook_deliveries, eventcheckpoints.webhook_dead_letters to eventcheckpoints_host;
