-- When a domain was registered as it was then: behind the last row of it that was not. Few domains are ever undefined.
create index domain_states_unregistered on eventcheckpoints.domain_states (tenant_id, domain_id, version) where not registered;
