-- What operators configure: every version is kept, with who set it and when; the highest is in force.

create table configurations (
    key             text not null,
    version         integer not null check (version > 0),
    value           jsonb not null,
    by              text not null,
    at              timestamptz not null,
    primary key (key, version)
);
