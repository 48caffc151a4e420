-- How far the feed has been published to a broker.

create table eventcheckpoints.broker_positions (
    tenant_id text   not null,
    name      text   not null, -- which broker, such as rabbitmq/eventcheckpoints
    position  bigint not null, -- mt_events.seq_id; everything up to it has been confirmed, or was not wanted
    constraint broker_positions_pkey primary key (tenant_id, name)
);

grant insert, update (position) on eventcheckpoints.broker_positions to eventcheckpoints_host;
