-- What lands and what is published. Frozen: a change is a new migration.

CREATE TABLE mes.blob (
    sha256 TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (sha256)
);

CREATE TABLE mes.blob_chunk (
    sha256 TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    chunk_no INTEGER NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (sha256, owner, chunk_no)
);

CREATE TABLE mes.master_change (
    rev BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    op TEXT COLLATE "C" NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    published_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rev)
);
CREATE INDEX master_change_key ON mes.master_change (kind, id, rev);

CREATE TABLE mes.quarantine (
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    rec_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    ver INTEGER NOT NULL,
    sqlstate TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    serials TEXT[] COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    last_attempt_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    resolved_by TEXT COLLATE "C",
    resolution TEXT COLLATE "C",
    PRIMARY KEY (station, chan, epoch, seq)
);
CREATE INDEX quarantine_rec_id ON mes.quarantine (rec_id);
CREATE INDEX quarantine_serials ON mes.quarantine USING gin (serials);

CREATE TABLE mes.record_kind (
    kind TEXT COLLATE "C" NOT NULL,
    ver INTEGER NOT NULL,
    PRIMARY KEY (kind)
);

CREATE TABLE mes.schema_serves (
    version INTEGER NOT NULL,
    oldest_client INTEGER NOT NULL,
    PRIMARY KEY (version)
);

CREATE TABLE mes.station (
    path TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (path),
    UNIQUE (login)
);

CREATE TABLE mes.station_log (
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    rec_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    ver INTEGER NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    wall_us BIGINT NOT NULL,
    utc_offset_min INTEGER NOT NULL,
    mono_ns BIGINT NOT NULL,
    boot_id TEXT COLLATE "C" NOT NULL,
    clock_offset_ms BIGINT,
    body BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    content_sha BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (station, chan, epoch, seq)
);
CREATE INDEX station_log_hash ON mes.station_log USING hash (hash);
CREATE INDEX station_log_rec_id ON mes.station_log (rec_id);

CREATE TABLE mes.station_head (
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    last_seq BIGINT NOT NULL,
    last_hash BYTEA NOT NULL,
    PRIMARY KEY (station, chan, epoch),
    FOREIGN KEY(station) REFERENCES mes.station (path)
);

CREATE TABLE mes.station_status (
    station TEXT COLLATE "C" NOT NULL,
    status BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (station),
    FOREIGN KEY(station) REFERENCES mes.station (path)
);
