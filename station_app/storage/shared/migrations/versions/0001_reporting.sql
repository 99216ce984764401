-- The reporting tables and the functions that fill them. Frozen: a change is a new migration.

-- job_state
CREATE TABLE mes.job_state (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    product TEXT COLLATE "C" NOT NULL,
    work_master_id TEXT COLLATE "C" NOT NULL,
    work_master_version TEXT COLLATE "C" NOT NULL,
    work_master_sha256 TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL,
    previous_operation TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX job_state_serial ON mes.job_state (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('job_state', 1);

CREATE FUNCTION mes.project_job_state(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."job_state" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "state", "product", "work_master_id", "work_master_version", "work_master_sha256", "outcome",
        "reason", "previous_operation"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."state", b."product", b."work_master_id", b."work_master_version", b."work_master_sha256", b."outcome",
        coalesce(b."reason", ''), coalesce(b."previous_operation", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "state" text, "product" text,
        "work_master_id" text, "work_master_version" text, "work_master_sha256" text, "outcome" text, "reason" text,
        "previous_operation" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'job_state' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- step_state
CREATE TABLE mes.step_state (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    step_no BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C",
    attended_s DOUBLE PRECISION,
    PRIMARY KEY (rec_id)
);
CREATE INDEX step_state_serial ON mes.step_state (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('step_state', 1);

CREATE FUNCTION mes.project_step_state(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."step_state" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "state", "step_no", "title", "outcome",
        "attended_s"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."state",
        b."step_no", b."title", b."outcome", b."attended_s"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "state" text, "step_no" bigint, "title" text, "outcome" text, "attended_s" double
        precision
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'step_state' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- check_confirmed
CREATE TABLE mes.check_confirmed (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX check_confirmed_serial ON mes.check_confirmed (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('check_confirmed', 1);

CREATE FUNCTION mes.project_check_confirmed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."check_confirmed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "text"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."text"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "text" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'check_confirmed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- measurement
CREATE TABLE mes.measurement (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    value_text_number NUMERIC,
    unit TEXT COLLATE "C" NOT NULL,
    nominal TEXT COLLATE "C" NOT NULL,
    nominal_number NUMERIC,
    lower_limit TEXT COLLATE "C" NOT NULL,
    lower_limit_number NUMERIC,
    upper_limit TEXT COLLATE "C" NOT NULL,
    upper_limit_number NUMERIC,
    source TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    quality TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX measurement_serial ON mes.measurement (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('measurement', 1);

CREATE FUNCTION mes.project_measurement(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."measurement" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "characteristic", "value_text",
        "value_text_number", "unit", "nominal", "nominal_number", "lower_limit", "lower_limit_number",
        "upper_limit", "upper_limit_number", "source", "gauge", "quality", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."characteristic", b."value_text", mes.number_of(b."value_text"), b."unit", coalesce(b."nominal", ''),
        mes.number_of(b."nominal"), coalesce(b."lower_limit", ''), mes.number_of(b."lower_limit"),
        coalesce(b."upper_limit", ''), mes.number_of(b."upper_limit"), b."source", coalesce(b."gauge", ''),
        coalesce(b."quality", 'Good'), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "characteristic" text, "value_text" text, "unit" text, "nominal" text,
        "lower_limit" text, "upper_limit" text, "source" text, "gauge" text, "quality" text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'measurement' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- machine_value
CREATE TABLE mes.machine_value (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    value_text_number NUMERIC,
    unit TEXT COLLATE "C" NOT NULL,
    lower_limit TEXT COLLATE "C" NOT NULL,
    lower_limit_number NUMERIC,
    upper_limit TEXT COLLATE "C" NOT NULL,
    upper_limit_number NUMERIC,
    quality TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    source_us BIGINT,
    received_us BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX machine_value_serial ON mes.machine_value (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('machine_value', 1);

CREATE FUNCTION mes.project_machine_value(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."machine_value" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "characteristic", "tag", "address",
        "value_text", "value_text_number", "unit", "lower_limit", "lower_limit_number", "upper_limit",
        "upper_limit_number", "quality", "status", "source_us", "received_us", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."characteristic", b."tag", b."address", b."value_text", mes.number_if_numeric(b."value_text"), b."unit",
        coalesce(b."lower_limit", ''), mes.number_of(b."lower_limit"), coalesce(b."upper_limit", ''),
        mes.number_of(b."upper_limit"), b."quality", b."status", b."source_us", b."received_us", b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "characteristic" text, "tag" text, "address" text, "value_text" text, "unit"
        text, "lower_limit" text, "upper_limit" text, "quality" text, "status" text, "source_us" bigint,
        "received_us" bigint, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'machine_value' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- material_consumed
CREATE TABLE mes.material_consumed (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    material TEXT COLLATE "C" NOT NULL,
    component_serial TEXT COLLATE "C" NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    quantity DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX material_consumed_component_serial ON mes.material_consumed (component_serial);
CREATE INDEX material_consumed_serial ON mes.material_consumed (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('material_consumed', 1);

CREATE FUNCTION mes.project_material_consumed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."material_consumed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "material", "component_serial", "lot",
        "quantity"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."material", coalesce(b."component_serial", ''), coalesce(b."lot", ''), coalesce(b."quantity", 1.0)
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "material" text, "component_serial" text, "lot" text, "quantity" double precision
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'material_consumed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- material_detached
CREATE TABLE mes.material_detached (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    material TEXT COLLATE "C" NOT NULL,
    component_serial TEXT COLLATE "C" NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    quantity DOUBLE PRECISION NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX material_detached_component_serial ON mes.material_detached (component_serial);
CREATE INDEX material_detached_serial ON mes.material_detached (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('material_detached', 1);

CREATE FUNCTION mes.project_material_detached(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."material_detached" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "material", "component_serial", "lot",
        "quantity", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."material", coalesce(b."component_serial", ''), coalesce(b."lot", ''), coalesce(b."quantity", 1.0),
        b."reason"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "material" text, "component_serial" text, "lot" text, "quantity" double
        precision, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'material_detached' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- evidence_captured
CREATE TABLE mes.evidence_captured (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL,
    width_px BIGINT NOT NULL,
    height_px BIGINT NOT NULL,
    camera TEXT COLLATE "C" NOT NULL,
    view TEXT COLLATE "C" NOT NULL,
    sharpness DOUBLE PRECISION,
    codes TEXT[] COLLATE "C" NOT NULL,
    faults TEXT[] COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX evidence_captured_serial ON mes.evidence_captured (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('evidence_captured', 1);

CREATE FUNCTION mes.project_evidence_captured(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."evidence_captured" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "sha256", "media_type", "size_bytes",
        "width_px", "height_px", "camera", "view", "sharpness", "codes", "faults", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."sha256",
        b."media_type", b."size_bytes", b."width_px", b."height_px", b."camera", b."view", b."sharpness",
        coalesce(b."codes", '{}'), coalesce(b."faults", '{}'), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "sha256" text, "media_type" text, "size_bytes" bigint, "width_px" bigint,
        "height_px" bigint, "camera" text, "view" text, "sharpness" double precision, "codes" text[], "faults"
        text[], "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'evidence_captured' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- nonconformance
CREATE TABLE mes.nonconformance (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    order_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    nonconformance_id TEXT COLLATE "C" NOT NULL,
    defect TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX nonconformance_serial ON mes.nonconformance (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('nonconformance', 1);

CREATE FUNCTION mes.project_nonconformance(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."nonconformance" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "nonconformance_id", "defect", "description"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."nonconformance_id", b."defect", coalesce(b."description", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "nonconformance_id" text, "defect" text, "description" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'nonconformance' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- hold
CREATE TABLE mes.hold (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    hold_id TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX hold_hold_id ON mes.hold (hold_id);
CREATE INDEX hold_subject ON mes.hold (subject);
INSERT INTO mes.record_kind (kind, ver) VALUES ('hold', 1);

CREATE FUNCTION mes.project_hold(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."hold" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "hold_id", "scope", "subject", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."hold_id", b."scope", b."subject", b."reason"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "hold_id" text, "scope" text, "subject" text, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'hold' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- hold_released
CREATE TABLE mes.hold_released (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    hold_id TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX hold_released_hold_id ON mes.hold_released (hold_id);
INSERT INTO mes.record_kind (kind, ver) VALUES ('hold_released', 1);

CREATE FUNCTION mes.project_hold_released(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."hold_released" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "hold_id", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."hold_id", b."reason"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "hold_id" text, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'hold_released' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- signature
CREATE TABLE mes.signature (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    printed_name TEXT COLLATE "C" NOT NULL,
    meaning TEXT COLLATE "C" NOT NULL,
    signed_ids TEXT[] COLLATE "C" NOT NULL,
    signed_hashes TEXT[] COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX signature_job_id ON mes.signature (job_id);
CREATE INDEX signature_serial ON mes.signature (serial);
CREATE INDEX signature_signed_ids ON mes.signature USING gin (signed_ids);
INSERT INTO mes.record_kind (kind, ver) VALUES ('signature', 1);

CREATE FUNCTION mes.project_signature(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."signature" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "person_id", "printed_name", "meaning",
        "signed_ids", "signed_hashes", "method", "serial", "job_id"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."person_id", b."printed_name", b."meaning",
        b."signed_ids", b."signed_hashes", b."method", coalesce(b."serial", ''), coalesce(b."job_id", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "person_id" text, "printed_name" text, "meaning" text, "signed_ids" text[], "signed_hashes" text[], "method"
        text, "serial" text, "job_id" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'signature' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- equipment_state
CREATE TABLE mes.equipment_state (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX equipment_state_job_id ON mes.equipment_state (job_id);
CREATE INDEX equipment_state_serial ON mes.equipment_state (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('equipment_state', 1);

CREATE FUNCTION mes.project_equipment_state(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."equipment_state" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "state", "reason", "job_id", "serial"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."state", coalesce(b."reason", ''), coalesce(b."job_id",
        ''), coalesce(b."serial", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "state" bigint, "reason" text, "job_id" text, "serial" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'equipment_state' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- alarm_transition
CREATE TABLE mes.alarm_transition (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    alarm_id TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    condition TEXT COLLATE "C" NOT NULL,
    transition TEXT COLLATE "C" NOT NULL,
    priority TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    until_us BIGINT,
    serial TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX alarm_transition_alarm_id ON mes.alarm_transition (alarm_id);
CREATE INDEX alarm_transition_serial ON mes.alarm_transition (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('alarm_transition', 1);

CREATE FUNCTION mes.project_alarm_transition(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."alarm_transition" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "alarm_id", "source", "condition",
        "transition", "priority", "text", "value_text", "reason", "until_us", "serial"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."alarm_id", b."source", b."condition", b."transition",
        b."priority", b."text", coalesce(b."value_text", ''), coalesce(b."reason", ''), b."until_us",
        coalesce(b."serial", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "alarm_id" text, "source" text, "condition" text, "transition" text, "priority" text, "text" text,
        "value_text" text, "reason" text, "until_us" bigint, "serial" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'alarm_transition' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- call_raised
CREATE TABLE mes.call_raised (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    call_id TEXT COLLATE "C" NOT NULL,
    call TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX call_raised_call_id ON mes.call_raised (call_id);
CREATE INDEX call_raised_job_id ON mes.call_raised (job_id);
CREATE INDEX call_raised_serial ON mes.call_raised (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('call_raised', 1);

CREATE FUNCTION mes.project_call_raised(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."call_raised" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "call_id", "call", "reason", "text",
        "serial", "job_id", "step_id"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."call_id", b."call", b."reason", coalesce(b."text", ''),
        coalesce(b."serial", ''), coalesce(b."job_id", ''), coalesce(b."step_id", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "call_id" text, "call" text, "reason" text, "text" text, "serial" text, "job_id" text, "step_id" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'call_raised' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- call_answered
CREATE TABLE mes.call_answered (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    call_id TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX call_answered_call_id ON mes.call_answered (call_id);
INSERT INTO mes.record_kind (kind, ver) VALUES ('call_answered', 1);

CREATE FUNCTION mes.project_call_answered(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."call_answered" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "call_id", "text"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."call_id", coalesce(b."text", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "call_id" text, "text" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'call_answered' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- comment
CREATE TABLE mes.comment (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX comment_job_id ON mes.comment (job_id);
CREATE INDEX comment_serial ON mes.comment (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('comment', 1);

CREATE FUNCTION mes.project_comment(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."comment" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "text", "serial", "job_id",
        "supersedes"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."text", coalesce(b."serial", ''), coalesce(b."job_id",
        ''), coalesce(b."supersedes", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "text" text, "serial" text, "job_id" text, "supersedes" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'comment' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- epoch_start
CREATE TABLE mes.epoch_start (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    parent_epoch BIGINT NOT NULL,
    parent_seq BIGINT NOT NULL,
    parent_hash TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('epoch_start', 1);

CREATE FUNCTION mes.project_epoch_start(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."epoch_start" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "parent_epoch", "parent_seq",
        "parent_hash", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."parent_epoch", b."parent_seq", b."parent_hash",
        b."reason"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "parent_epoch" bigint, "parent_seq" bigint, "parent_hash" text, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'epoch_start' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- checkpoint
CREATE TABLE mes.checkpoint (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    up_to_epoch BIGINT NOT NULL,
    up_to_seq BIGINT NOT NULL,
    row_hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('checkpoint', 1);

CREATE FUNCTION mes.project_checkpoint(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."checkpoint" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "up_to_epoch", "up_to_seq", "row_hash"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."up_to_epoch", b."up_to_seq", b."row_hash"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "up_to_epoch" bigint, "up_to_seq" bigint, "row_hash" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'checkpoint' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- application_state
CREATE TABLE mes.application_state (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    application_version TEXT COLLATE "C" NOT NULL,
    computer TEXT COLLATE "C" NOT NULL,
    remark TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('application_state', 1);

CREATE FUNCTION mes.project_application_state(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."application_state" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "state", "application_version",
        "computer", "remark"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."state", b."application_version", b."computer",
        coalesce(b."remark", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "state" text, "application_version" text, "computer" text, "remark" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'application_state' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- person_session
CREATE TABLE mes.person_session (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('person_session', 1);

CREATE FUNCTION mes.project_person_session(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."person_session" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "state", "person_id", "method",
        "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."state", b."person_id", b."method", coalesce(b."reason",
        '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "state" text, "person_id" text, "method" text, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'person_session' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- override
CREATE TABLE mes.override (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX override_job_id ON mes.override (job_id);
CREATE INDEX override_serial ON mes.override (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('override', 1);

CREATE FUNCTION mes.project_override(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."override" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "rule", "reason", "approved_by",
        "serial", "job_id"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."rule", b."reason", b."approved_by", coalesce(b."serial",
        ''), coalesce(b."job_id", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "rule" text, "reason" text, "approved_by" text, "serial" text, "job_id" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'override' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- setting_changed
CREATE TABLE mes.setting_changed (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    setting TEXT COLLATE "C" NOT NULL,
    "old" TEXT COLLATE "C" NOT NULL,
    "new" TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('setting_changed', 1);

CREATE FUNCTION mes.project_setting_changed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."setting_changed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "setting", "old", "new", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."setting", b."old", b."new", coalesce(b."reason", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "setting" text, "old" text, "new" text, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'setting_changed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;
