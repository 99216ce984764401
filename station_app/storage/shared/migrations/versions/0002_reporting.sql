-- Reporting tables of the kinds that came with schema version 2. Frozen: a change is a new migration.

-- job_parameters
CREATE TABLE mes.job_parameters (
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
    variant TEXT COLLATE "C" NOT NULL,
    parameters TEXT[] COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX job_parameters_serial ON mes.job_parameters (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('job_parameters', 1);

CREATE FUNCTION mes.project_job_parameters(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."job_parameters" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "variant", "parameters"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."variant", coalesce(b."parameters", '{}')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "variant" text, "parameters" text[]
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'job_parameters' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- tool_used
CREATE TABLE mes.tool_used (
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
    tool TEXT COLLATE "C" NOT NULL,
    tool_class TEXT COLLATE "C" NOT NULL,
    due_us BIGINT,
    reason TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX tool_used_serial ON mes.tool_used (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('tool_used', 1);

CREATE FUNCTION mes.project_tool_used(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."tool_used" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "tool", "tool_class", "due_us", "reason",
        "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."tool",
        b."tool_class", b."due_us", coalesce(b."reason", ''), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "tool" text, "tool_class" text, "due_us" bigint, "reason" text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'tool_used' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- choice_made
CREATE TABLE mes.choice_made (
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
    choice TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX choice_made_serial ON mes.choice_made (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('choice_made', 1);

CREATE FUNCTION mes.project_choice_made(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."choice_made" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "choice", "text", "reason", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."choice",
        b."text", coalesce(b."reason", ''), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "choice" text, "text" text, "reason" text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'choice_made' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- text_entered
CREATE TABLE mes.text_entered (
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
    entry TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    lower_limit TEXT COLLATE "C" NOT NULL,
    lower_limit_number NUMERIC,
    upper_limit TEXT COLLATE "C" NOT NULL,
    upper_limit_number NUMERIC,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX text_entered_serial ON mes.text_entered (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('text_entered', 1);

CREATE FUNCTION mes.project_text_entered(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."text_entered" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "entry", "value_text", "unit", "lower_limit",
        "lower_limit_number", "upper_limit", "upper_limit_number", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."entry",
        b."value_text", coalesce(b."unit", ''), coalesce(b."lower_limit", ''), mes.number_of(b."lower_limit"),
        coalesce(b."upper_limit", ''), mes.number_of(b."upper_limit"), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "entry" text, "value_text" text, "unit" text, "lower_limit" text, "upper_limit"
        text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'text_entered' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- checklist_done
CREATE TABLE mes.checklist_done (
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
    in_order TEXT[] COLLATE "C" NOT NULL,
    not_in_order TEXT[] COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX checklist_done_serial ON mes.checklist_done (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('checklist_done', 1);

CREATE FUNCTION mes.project_checklist_done(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."checklist_done" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "in_order", "not_in_order", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."in_order", coalesce(b."not_in_order", '{}'), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "in_order" text[], "not_in_order" text[], "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'checklist_done' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- timer_started
CREATE TABLE mes.timer_started (
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
    required_s DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX timer_started_serial ON mes.timer_started (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('timer_started', 1);

CREATE FUNCTION mes.project_timer_started(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."timer_started" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "required_s"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."required_s"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "required_s" double precision
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'timer_started' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- timer_elapsed
CREATE TABLE mes.timer_elapsed (
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
    required_s DOUBLE PRECISION NOT NULL,
    waited_s DOUBLE PRECISION NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX timer_elapsed_serial ON mes.timer_elapsed (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('timer_elapsed', 1);

CREATE FUNCTION mes.project_timer_elapsed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."timer_elapsed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "required_s", "waited_s", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."required_s", b."waited_s", b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "required_s" double precision, "waited_s" double precision, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'timer_elapsed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- step_signed
CREATE TABLE mes.step_signed (
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
    role TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    printed_name TEXT COLLATE "C" NOT NULL,
    meaning TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    signed_ids TEXT[] COLLATE "C" NOT NULL,
    signed_hashes TEXT[] COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX step_signed_serial ON mes.step_signed (serial);
CREATE INDEX step_signed_signed_ids ON mes.step_signed USING gin (signed_ids);
INSERT INTO mes.record_kind (kind, ver) VALUES ('step_signed', 1);

CREATE FUNCTION mes.project_step_signed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."step_signed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "role", "person_id", "printed_name", "meaning",
        "method", "signed_ids", "signed_hashes"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."role",
        b."person_id", b."printed_name", b."meaning", b."method", coalesce(b."signed_ids", '{}'),
        coalesce(b."signed_hashes", '{}')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "role" text, "person_id" text, "printed_name" text, "meaning" text, "method"
        text, "signed_ids" text[], "signed_hashes" text[]
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'step_signed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- step_skipped
CREATE TABLE mes.step_skipped (
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
    step_no BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" NOT NULL,
    printed_name TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX step_skipped_serial ON mes.step_skipped (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('step_skipped', 1);

CREATE FUNCTION mes.project_step_skipped(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."step_skipped" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "step_no", "title", "cause", "reason",
        "approved_by", "printed_name", "method"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."step_no", b."title", b."cause", b."reason", coalesce(b."approved_by", ''), coalesce(b."printed_name",
        ''), coalesce(b."method", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "step_no" bigint, "title" text, "cause" text, "reason" text, "approved_by" text,
        "printed_name" text, "method" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'step_skipped' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- check_overridden
CREATE TABLE mes.check_overridden (
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
    reason TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" NOT NULL,
    printed_name TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX check_overridden_serial ON mes.check_overridden (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('check_overridden', 1);

CREATE FUNCTION mes.project_check_overridden(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."check_overridden" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "reason", "approved_by", "printed_name",
        "method"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''), b."reason",
        b."approved_by", b."printed_name", b."method"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "reason" text, "approved_by" text, "printed_name" text, "method" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'check_overridden' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- step_reopened
CREATE TABLE mes.step_reopened (
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
    from_step TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX step_reopened_serial ON mes.step_reopened (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('step_reopened', 1);

CREATE FUNCTION mes.project_step_reopened(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."step_reopened" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "from_step", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."from_step", b."reason"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "from_step" text, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'step_reopened' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- rework_started
CREATE TABLE mes.rework_started (
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
    rework_id TEXT COLLATE "C" NOT NULL,
    from_step TEXT COLLATE "C" NOT NULL,
    to_step TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    nonconformance_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX rework_started_serial ON mes.rework_started (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('rework_started', 1);

CREATE FUNCTION mes.project_rework_started(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."rework_started" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "rework_id", "from_step", "to_step", "reason", "nonconformance_id"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."rework_id", b."from_step", b."to_step", b."reason", coalesce(b."nonconformance_id", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "rework_id" text, "from_step" text,
        "to_step" text, "reason" text, "nonconformance_id" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'rework_started' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- hand_over
CREATE TABLE mes.hand_over (
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
    from_person TEXT COLLATE "C" NOT NULL,
    to_person TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX hand_over_serial ON mes.hand_over (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('hand_over', 1);

CREATE FUNCTION mes.project_hand_over(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."hand_over" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "from_person", "to_person", "note"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."from_person", b."to_person", coalesce(b."note", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "from_person" text, "to_person" text,
        "note" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'hand_over' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- work_time
CREATE TABLE mes.work_time (
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
    person_id TEXT COLLATE "C" NOT NULL,
    wall_s DOUBLE PRECISION NOT NULL,
    attended_s DOUBLE PRECISION NOT NULL,
    waiting_s DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX work_time_serial ON mes.work_time (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('work_time', 1);

CREATE FUNCTION mes.project_work_time(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."work_time" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "person_id", "wall_s", "attended_s",
        "waiting_s"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."person_id", b."wall_s", b."attended_s", b."waiting_s"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "person_id" text, "wall_s" double precision, "attended_s" double precision,
        "waiting_s" double precision
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'work_time' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- change_suggested
CREATE TABLE mes.change_suggested (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    suggestion_id TEXT COLLATE "C" NOT NULL,
    work_master_id TEXT COLLATE "C" NOT NULL,
    work_master_version TEXT COLLATE "C" NOT NULL,
    work_master_sha256 TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    media_file TEXT COLLATE "C" NOT NULL,
    x DOUBLE PRECISION,
    y DOUBLE PRECISION,
    evidence_sha256 TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX change_suggested_job_id ON mes.change_suggested (job_id);
CREATE INDEX change_suggested_serial ON mes.change_suggested (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('change_suggested', 1);

CREATE FUNCTION mes.project_change_suggested(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."change_suggested" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "suggestion_id", "work_master_id",
        "work_master_version", "work_master_sha256", "step_id", "text", "media_file", "x", "y", "evidence_sha256",
        "serial", "job_id"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."suggestion_id", b."work_master_id",
        b."work_master_version", b."work_master_sha256", b."step_id", b."text", coalesce(b."media_file", ''), b."x",
        b."y", coalesce(b."evidence_sha256", ''), coalesce(b."serial", ''), coalesce(b."job_id", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "suggestion_id" text, "work_master_id" text, "work_master_version" text, "work_master_sha256" text,
        "step_id" text, "text" text, "media_file" text, "x" double precision, "y" double precision,
        "evidence_sha256" text, "serial" text, "job_id" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'change_suggested' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- machine_window
CREATE TABLE mes.machine_window (
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
    mode TEXT COLLATE "C" NOT NULL,
    statistic TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    value_text_number NUMERIC,
    unit TEXT COLLATE "C" NOT NULL,
    lower_limit TEXT COLLATE "C" NOT NULL,
    lower_limit_number NUMERIC,
    upper_limit TEXT COLLATE "C" NOT NULL,
    upper_limit_number NUMERIC,
    from_us BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    samples BIGINT NOT NULL,
    bad_s DOUBLE PRECISION NOT NULL,
    quality TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX machine_window_serial ON mes.machine_window (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('machine_window', 1);

CREATE FUNCTION mes.project_machine_window(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."machine_window" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "characteristic", "tag", "address", "mode",
        "statistic", "value_text", "value_text_number", "unit", "lower_limit", "lower_limit_number", "upper_limit",
        "upper_limit_number", "from_us", "until_us", "samples", "bad_s", "quality", "status", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."characteristic", b."tag", b."address", b."mode", b."statistic", b."value_text",
        mes.number_if_numeric(b."value_text"), b."unit", coalesce(b."lower_limit", ''),
        mes.number_of(b."lower_limit"), coalesce(b."upper_limit", ''), mes.number_of(b."upper_limit"), b."from_us",
        b."until_us", b."samples", b."bad_s", b."quality", b."status", b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "characteristic" text, "tag" text, "address" text, "mode" text, "statistic" text,
        "value_text" text, "unit" text, "lower_limit" text, "upper_limit" text, "from_us" bigint, "until_us" bigint,
        "samples" bigint, "bad_s" double precision, "quality" text, "status" text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'machine_window' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- tightening_result
CREATE TABLE mes.tightening_result (
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
    index BIGINT NOT NULL,
    count BIGINT NOT NULL,
    torque_text TEXT COLLATE "C" NOT NULL,
    torque_unit TEXT COLLATE "C" NOT NULL,
    torque_lower TEXT COLLATE "C" NOT NULL,
    torque_upper TEXT COLLATE "C" NOT NULL,
    angle_text TEXT COLLATE "C" NOT NULL,
    angle_lower TEXT COLLATE "C" NOT NULL,
    angle_upper TEXT COLLATE "C" NOT NULL,
    tool TEXT COLLATE "C" NOT NULL,
    result_id TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    quality TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX tightening_result_serial ON mes.tightening_result (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('tightening_result', 1);

CREATE FUNCTION mes.project_tightening_result(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."tightening_result" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "characteristic", "index", "count",
        "torque_text", "torque_unit", "torque_lower", "torque_upper", "angle_text", "angle_lower", "angle_upper",
        "tool", "result_id", "source", "quality", "status", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."characteristic", b."index", b."count", b."torque_text", b."torque_unit", coalesce(b."torque_lower", ''),
        coalesce(b."torque_upper", ''), coalesce(b."angle_text", ''), coalesce(b."angle_lower", ''),
        coalesce(b."angle_upper", ''), coalesce(b."tool", ''), coalesce(b."result_id", ''), b."source",
        coalesce(b."quality", 'Good'), coalesce(b."status", ''), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "characteristic" text, "index" bigint, "count" bigint, "torque_text" text,
        "torque_unit" text, "torque_lower" text, "torque_upper" text, "angle_text" text, "angle_lower" text,
        "angle_upper" text, "tool" text, "result_id" text, "source" text, "quality" text, "status" text, "outcome"
        text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'tightening_result' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- sample_measured
CREATE TABLE mes.sample_measured (
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
    sample_id TEXT COLLATE "C" NOT NULL,
    inspection_id TEXT COLLATE "C" NOT NULL,
    plan_id TEXT COLLATE "C" NOT NULL,
    plan_version TEXT COLLATE "C" NOT NULL,
    plan_sha256 TEXT COLLATE "C" NOT NULL,
    product TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    sample_no BIGINT NOT NULL,
    readings TEXT[] COLLATE "C" NOT NULL,
    statistic TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    value_text_number NUMERIC,
    range_text TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    nominal TEXT COLLATE "C" NOT NULL,
    nominal_number NUMERIC,
    lower_limit TEXT COLLATE "C" NOT NULL,
    lower_limit_number NUMERIC,
    upper_limit TEXT COLLATE "C" NOT NULL,
    upper_limit_number NUMERIC,
    decimals BIGINT NOT NULL,
    rounding TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    gauge_class TEXT COLLATE "C" NOT NULL,
    raw_text TEXT COLLATE "C" NOT NULL,
    machine TEXT COLLATE "C" NOT NULL,
    tool TEXT COLLATE "C" NOT NULL,
    quality TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX sample_measured_serial ON mes.sample_measured (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('sample_measured', 1);

CREATE FUNCTION mes.project_sample_measured(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."sample_measured" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "sample_id", "inspection_id", "plan_id",
        "plan_version", "plan_sha256", "product", "characteristic", "lot", "sample_no", "readings", "statistic",
        "value_text", "value_text_number", "range_text", "unit", "nominal", "nominal_number", "lower_limit",
        "lower_limit_number", "upper_limit", "upper_limit_number", "decimals", "rounding", "source", "gauge",
        "gauge_class", "raw_text", "machine", "tool", "quality", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."sample_id", b."inspection_id", b."plan_id", b."plan_version", b."plan_sha256", b."product",
        b."characteristic", coalesce(b."lot", ''), coalesce(b."sample_no", 1), b."readings", coalesce(b."statistic",
        'single'), b."value_text", mes.number_of(b."value_text"), coalesce(b."range_text", ''), b."unit",
        coalesce(b."nominal", ''), mes.number_of(b."nominal"), coalesce(b."lower_limit", ''),
        mes.number_of(b."lower_limit"), coalesce(b."upper_limit", ''), mes.number_of(b."upper_limit"), b."decimals",
        coalesce(b."rounding", 'absolute'), b."source", coalesce(b."gauge", ''), coalesce(b."gauge_class", ''),
        coalesce(b."raw_text", ''), coalesce(b."machine", ''), coalesce(b."tool", ''), coalesce(b."quality",
        'Good'), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "sample_id" text, "inspection_id" text, "plan_id" text, "plan_version" text,
        "plan_sha256" text, "product" text, "characteristic" text, "lot" text, "sample_no" bigint, "readings"
        text[], "statistic" text, "value_text" text, "range_text" text, "unit" text, "nominal" text, "lower_limit"
        text, "upper_limit" text, "decimals" bigint, "rounding" text, "source" text, "gauge" text, "gauge_class"
        text, "raw_text" text, "machine" text, "tool" text, "quality" text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'sample_measured' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- attribute_inspected
CREATE TABLE mes.attribute_inspected (
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
    sample_id TEXT COLLATE "C" NOT NULL,
    inspection_id TEXT COLLATE "C" NOT NULL,
    plan_id TEXT COLLATE "C" NOT NULL,
    plan_version TEXT COLLATE "C" NOT NULL,
    plan_sha256 TEXT COLLATE "C" NOT NULL,
    product TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    sample_no BIGINT NOT NULL,
    inspected BIGINT NOT NULL,
    nonconforming BIGINT NOT NULL,
    defects BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    raw_text TEXT COLLATE "C" NOT NULL,
    machine TEXT COLLATE "C" NOT NULL,
    tool TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX attribute_inspected_serial ON mes.attribute_inspected (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('attribute_inspected', 1);

CREATE FUNCTION mes.project_attribute_inspected(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."attribute_inspected" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "sample_id", "inspection_id", "plan_id",
        "plan_version", "plan_sha256", "product", "characteristic", "lot", "sample_no", "inspected",
        "nonconforming", "defects", "text", "source", "gauge", "raw_text", "machine", "tool", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."sample_id", b."inspection_id", b."plan_id", b."plan_version", b."plan_sha256", b."product",
        b."characteristic", coalesce(b."lot", ''), coalesce(b."sample_no", 1), coalesce(b."inspected", 1),
        coalesce(b."nonconforming", 0), coalesce(b."defects", 0), coalesce(b."text", ''), coalesce(b."source",
        'keypad'), coalesce(b."gauge", ''), coalesce(b."raw_text", ''), coalesce(b."machine", ''),
        coalesce(b."tool", ''), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "sample_id" text, "inspection_id" text, "plan_id" text, "plan_version" text,
        "plan_sha256" text, "product" text, "characteristic" text, "lot" text, "sample_no" bigint, "inspected"
        bigint, "nonconforming" bigint, "defects" bigint, "text" text, "source" text, "gauge" text, "raw_text" text,
        "machine" text, "tool" text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'attribute_inspected' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- inspection_decided
CREATE TABLE mes.inspection_decided (
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
    inspection_id TEXT COLLATE "C" NOT NULL,
    plan_id TEXT COLLATE "C" NOT NULL,
    plan_version TEXT COLLATE "C" NOT NULL,
    plan_sha256 TEXT COLLATE "C" NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    supplier TEXT COLLATE "C" NOT NULL,
    original BOOLEAN NOT NULL,
    lot_size BIGINT NOT NULL,
    sample_size BIGINT NOT NULL,
    level TEXT COLLATE "C" NOT NULL,
    aql TEXT COLLATE "C" NOT NULL,
    edition TEXT COLLATE "C" NOT NULL,
    code_letter TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    acceptance_number BIGINT,
    rejection_number BIGINT,
    nonconforming BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX inspection_decided_serial ON mes.inspection_decided (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('inspection_decided', 1);

CREATE FUNCTION mes.project_inspection_decided(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."inspection_decided" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "inspection_id", "plan_id", "plan_version", "plan_sha256", "lot", "supplier", "original",
        "lot_size", "sample_size", "level", "aql", "edition", "code_letter", "severity", "acceptance_number",
        "rejection_number", "nonconforming", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."inspection_id", b."plan_id", b."plan_version", b."plan_sha256", coalesce(b."lot", ''),
        coalesce(b."supplier", ''), coalesce(b."original", true), coalesce(b."lot_size", 1),
        coalesce(b."sample_size", 1), coalesce(b."level", ''), coalesce(b."aql", ''), coalesce(b."edition", ''),
        coalesce(b."code_letter", ''), coalesce(b."severity", ''), b."acceptance_number", b."rejection_number",
        coalesce(b."nonconforming", 0), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "inspection_id" text, "plan_id" text,
        "plan_version" text, "plan_sha256" text, "lot" text, "supplier" text, "original" boolean, "lot_size" bigint,
        "sample_size" bigint, "level" text, "aql" text, "edition" text, "code_letter" text, "severity" text,
        "acceptance_number" bigint, "rejection_number" bigint, "nonconforming" bigint, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'inspection_decided' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- gauge_calibrated
CREATE TABLE mes.gauge_calibrated (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    certificate TEXT COLLATE "C" NOT NULL,
    as_found TEXT COLLATE "C" NOT NULL,
    as_left TEXT COLLATE "C" NOT NULL,
    found_in_order BOOLEAN NOT NULL,
    valid_until_us BIGINT NOT NULL,
    performed_by TEXT COLLATE "C" NOT NULL,
    evidence_sha256 TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('gauge_calibrated', 1);

CREATE FUNCTION mes.project_gauge_calibrated(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."gauge_calibrated" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "gauge", "certificate", "as_found",
        "as_left", "found_in_order", "valid_until_us", "performed_by", "evidence_sha256", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."gauge", b."certificate", b."as_found",
        coalesce(b."as_left", ''), b."found_in_order", b."valid_until_us", coalesce(b."performed_by", ''),
        coalesce(b."evidence_sha256", ''), b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "gauge" text, "certificate" text, "as_found" text, "as_left" text, "found_in_order" boolean,
        "valid_until_us" bigint, "performed_by" text, "evidence_sha256" text, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'gauge_calibrated' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- gauge_status_changed
CREATE TABLE mes.gauge_status_changed (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('gauge_status_changed', 1);

CREATE FUNCTION mes.project_gauge_status_changed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."gauge_status_changed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "gauge", "status", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."gauge", b."status", b."reason"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "gauge" text, "status" text, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'gauge_status_changed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- control_limits_set
CREATE TABLE mes.control_limits_set (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    chart_id TEXT COLLATE "C" NOT NULL,
    limits_version BIGINT NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    chart TEXT COLLATE "C" NOT NULL,
    subgroup_size BIGINT NOT NULL,
    center DOUBLE PRECISION NOT NULL,
    sigma DOUBLE PRECISION NOT NULL,
    lcl DOUBLE PRECISION NOT NULL,
    ucl DOUBLE PRECISION NOT NULL,
    second_center DOUBLE PRECISION,
    second_lcl DOUBLE PRECISION,
    second_ucl DOUBLE PRECISION,
    estimator TEXT COLLATE "C" NOT NULL,
    constants TEXT COLLATE "C" NOT NULL,
    dispersion DOUBLE PRECISION NOT NULL,
    rules TEXT[] COLLATE "C" NOT NULL,
    baseline_from_us BIGINT NOT NULL,
    baseline_until_us BIGINT NOT NULL,
    baseline_points BIGINT NOT NULL,
    baseline_readings BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" NOT NULL,
    printed_name TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('control_limits_set', 1);

CREATE FUNCTION mes.project_control_limits_set(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."control_limits_set" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "chart_id", "limits_version",
        "characteristic", "chart", "subgroup_size", "center", "sigma", "lcl", "ucl", "second_center", "second_lcl",
        "second_ucl", "estimator", "constants", "dispersion", "rules", "baseline_from_us", "baseline_until_us",
        "baseline_points", "baseline_readings", "reason", "approved_by", "printed_name", "method"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."chart_id", b."limits_version", b."characteristic",
        b."chart", coalesce(b."subgroup_size", 1), b."center", b."sigma", b."lcl", b."ucl", b."second_center",
        b."second_lcl", b."second_ucl", b."estimator", coalesce(b."constants", 'exact'), coalesce(b."dispersion",
        1.0), b."rules", b."baseline_from_us", b."baseline_until_us", b."baseline_points", b."baseline_readings",
        b."reason", b."approved_by", b."printed_name", b."method"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "chart_id" text, "limits_version" bigint, "characteristic" text, "chart" text, "subgroup_size" bigint,
        "center" double precision, "sigma" double precision, "lcl" double precision, "ucl" double precision,
        "second_center" double precision, "second_lcl" double precision, "second_ucl" double precision, "estimator"
        text, "constants" text, "dispersion" double precision, "rules" text[], "baseline_from_us" bigint,
        "baseline_until_us" bigint, "baseline_points" bigint, "baseline_readings" bigint, "reason" text,
        "approved_by" text, "printed_name" text, "method" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'control_limits_set' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- control_signal
CREATE TABLE mes.control_signal (
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
    signal_id TEXT COLLATE "C" NOT NULL,
    chart_id TEXT COLLATE "C" NOT NULL,
    limits_version BIGINT NOT NULL,
    panel TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    rule_text TEXT COLLATE "C" NOT NULL,
    point_id TEXT COLLATE "C" NOT NULL,
    member_ids TEXT[] COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    warning BOOLEAN NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX control_signal_serial ON mes.control_signal (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('control_signal', 1);

CREATE FUNCTION mes.project_control_signal(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."control_signal" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "signal_id", "chart_id", "limits_version",
        "panel", "rule", "rule_text", "point_id", "member_ids", "value_text", "warning", "action"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."signal_id", b."chart_id", b."limits_version", coalesce(b."panel", 'main'), b."rule", b."rule_text",
        b."point_id", b."member_ids", b."value_text", coalesce(b."warning", false), coalesce(b."action", 'none')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "signal_id" text, "chart_id" text, "limits_version" bigint, "panel" text, "rule"
        text, "rule_text" text, "point_id" text, "member_ids" text[], "value_text" text, "warning" boolean, "action"
        text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'control_signal' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- signal_cause
CREATE TABLE mes.signal_cause (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    signal_id TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX signal_cause_serial ON mes.signal_cause (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('signal_cause', 1);

CREATE FUNCTION mes.project_signal_cause(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."signal_cause" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "signal_id", "cause", "text", "serial"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."signal_id", b."cause", coalesce(b."text", ''),
        coalesce(b."serial", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "signal_id" text, "cause" text, "text" text, "serial" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'signal_cause' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- gauge_study_reading
CREATE TABLE mes.gauge_study_reading (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    study_id TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    part TEXT COLLATE "C" NOT NULL,
    operator TEXT COLLATE "C" NOT NULL,
    trial BIGINT NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    value_text_number NUMERIC,
    raw_text TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('gauge_study_reading', 1);

CREATE FUNCTION mes.project_gauge_study_reading(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."gauge_study_reading" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "study_id", "gauge", "characteristic",
        "part", "operator", "trial", "value_text", "value_text_number", "raw_text", "source", "supersedes"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."study_id", b."gauge", b."characteristic", b."part",
        b."operator", b."trial", b."value_text", mes.number_of(b."value_text"), coalesce(b."raw_text", ''),
        coalesce(b."source", 'keypad'), coalesce(b."supersedes", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "study_id" text, "gauge" text, "characteristic" text, "part" text, "operator" text, "trial" bigint,
        "value_text" text, "raw_text" text, "source" text, "supersedes" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'gauge_study_reading' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- gauge_study_ended
CREATE TABLE mes.gauge_study_ended (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    study_id TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    figures TEXT[] COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('gauge_study_ended', 1);

CREATE FUNCTION mes.project_gauge_study_ended(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."gauge_study_ended" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "study_id", "gauge", "characteristic",
        "method", "figures", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."study_id", b."gauge", b."characteristic", b."method",
        b."figures", b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "study_id" text, "gauge" text, "characteristic" text, "method" text, "figures" text[], "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'gauge_study_ended' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- inspection_started
CREATE TABLE mes.inspection_started (
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
    inspection_id TEXT COLLATE "C" NOT NULL,
    plan_id TEXT COLLATE "C" NOT NULL,
    plan_version TEXT COLLATE "C" NOT NULL,
    plan_sha256 TEXT COLLATE "C" NOT NULL,
    product TEXT COLLATE "C" NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    lot_size BIGINT NOT NULL,
    supplier TEXT COLLATE "C" NOT NULL,
    original BOOLEAN NOT NULL,
    due TEXT[] COLLATE "C" NOT NULL,
    severities TEXT[] COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX inspection_started_serial ON mes.inspection_started (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('inspection_started', 1);

CREATE FUNCTION mes.project_inspection_started(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."inspection_started" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "inspection_id", "plan_id", "plan_version", "plan_sha256", "product", "lot", "lot_size",
        "supplier", "original", "due", "severities"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."inspection_id", b."plan_id", b."plan_version", b."plan_sha256", b."product", coalesce(b."lot", ''),
        coalesce(b."lot_size", 1), coalesce(b."supplier", ''), coalesce(b."original", true), b."due",
        coalesce(b."severities", '{}')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "inspection_id" text, "plan_id" text,
        "plan_version" text, "plan_sha256" text, "product" text, "lot" text, "lot_size" bigint, "supplier" text,
        "original" boolean, "due" text[], "severities" text[]
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'inspection_started' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- result_confirmed
CREATE TABLE mes.result_confirmed (
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
    inspection_id TEXT COLLATE "C" NOT NULL,
    sample_id TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    sample_no BIGINT NOT NULL,
    nonconformance_id TEXT COLLATE "C" NOT NULL,
    defect TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX result_confirmed_serial ON mes.result_confirmed (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('result_confirmed', 1);

CREATE FUNCTION mes.project_result_confirmed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."result_confirmed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "inspection_id", "sample_id", "characteristic", "lot", "sample_no", "nonconformance_id",
        "defect"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."inspection_id", b."sample_id", b."characteristic", coalesce(b."lot", ''), coalesce(b."sample_no", 1),
        b."nonconformance_id", b."defect"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "inspection_id" text, "sample_id" text,
        "characteristic" text, "lot" text, "sample_no" bigint, "nonconformance_id" text, "defect" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'result_confirmed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- sampling_resumed
CREATE TABLE mes.sampling_resumed (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    plan_id TEXT COLLATE "C" NOT NULL,
    supplier TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C" NOT NULL,
    aql TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" NOT NULL,
    printed_name TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('sampling_resumed', 1);

CREATE FUNCTION mes.project_sampling_resumed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."sampling_resumed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "plan_id", "supplier", "level", "aql",
        "reason", "approved_by", "printed_name", "method"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."plan_id", coalesce(b."supplier", ''), b."level",
        b."aql", b."reason", b."approved_by", b."printed_name", b."method"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "plan_id" text, "supplier" text, "level" text, "aql" text, "reason" text, "approved_by" text, "printed_name"
        text, "method" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'sampling_resumed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- gauge_study_started
CREATE TABLE mes.gauge_study_started (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    study_id TEXT COLLATE "C" NOT NULL,
    gauge TEXT COLLATE "C" NOT NULL,
    characteristic TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    parts TEXT[] COLLATE "C" NOT NULL,
    operators TEXT[] COLLATE "C" NOT NULL,
    trials BIGINT NOT NULL,
    tolerance TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('gauge_study_started', 1);

CREATE FUNCTION mes.project_gauge_study_started(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."gauge_study_started" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "study_id", "gauge", "characteristic",
        "unit", "parts", "operators", "trials", "tolerance"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."study_id", b."gauge", b."characteristic",
        coalesce(b."unit", ''), b."parts", b."operators", b."trials", coalesce(b."tolerance", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "study_id" text, "gauge" text, "characteristic" text, "unit" text, "parts" text[], "operators" text[],
        "trials" bigint, "tolerance" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'gauge_study_started' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- evidence_derived
CREATE TABLE mes.evidence_derived (
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
    original_sha256 TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL,
    width_px BIGINT NOT NULL,
    height_px BIGINT NOT NULL,
    overlay TEXT[] COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX evidence_derived_serial ON mes.evidence_derived (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('evidence_derived', 1);

CREATE FUNCTION mes.project_evidence_derived(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."evidence_derived" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "job_id", "serial", "order_id",
        "operation", "step_id", "check_id", "attempt", "supersedes", "original_sha256", "sha256", "media_type",
        "size_bytes", "width_px", "height_px", "overlay"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."job_id", b."serial", b."order_id", b."operation",
        b."step_id", coalesce(b."check_id", ''), coalesce(b."attempt", 1), coalesce(b."supersedes", ''),
        b."original_sha256", b."sha256", b."media_type", b."size_bytes", b."width_px", b."height_px",
        coalesce(b."overlay", '{}')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "job_id" text, "serial" text, "order_id" text, "operation" text, "step_id" text, "check_id" text, "attempt"
        bigint, "supersedes" text, "original_sha256" text, "sha256" text, "media_type" text, "size_bytes" bigint,
        "width_px" bigint, "height_px" bigint, "overlay" text[]
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'evidence_derived' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- evidence_removed
CREATE TABLE mes.evidence_removed (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('evidence_removed', 1);

CREATE FUNCTION mes.project_evidence_removed(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."evidence_removed" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "sha256", "size_bytes", "reason"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."sha256", b."size_bytes", b."reason"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "sha256" text, "size_bytes" bigint, "reason" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'evidence_removed' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- trend_comment
CREATE TABLE mes.trend_comment (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at_us BIGINT NOT NULL,
    until_us BIGINT,
    tags TEXT[] COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX trend_comment_job_id ON mes.trend_comment (job_id);
CREATE INDEX trend_comment_serial ON mes.trend_comment (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('trend_comment', 1);

CREATE FUNCTION mes.project_trend_comment(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."trend_comment" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "at_us", "until_us", "tags", "text",
        "serial", "job_id", "supersedes"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."at_us", b."until_us", coalesce(b."tags", '{}'),
        b."text", coalesce(b."serial", ''), coalesce(b."job_id", ''), coalesce(b."supersedes", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "at_us" bigint, "until_us" bigint, "tags" text[], "text" text, "serial" text, "job_id" text, "supersedes"
        text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'trend_comment' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- maintenance_requested
CREATE TABLE mes.maintenance_requested (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    equipment TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    priority TEXT COLLATE "C" NOT NULL,
    alarm_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX maintenance_requested_alarm_id ON mes.maintenance_requested (alarm_id);
CREATE INDEX maintenance_requested_serial ON mes.maintenance_requested (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('maintenance_requested', 1);

CREATE FUNCTION mes.project_maintenance_requested(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."maintenance_requested" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "request_id", "equipment", "text",
        "priority", "alarm_id", "serial"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."request_id", b."equipment", b."text",
        coalesce(b."priority", ''), coalesce(b."alarm_id", ''), coalesce(b."serial", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "request_id" text, "equipment" text, "text" text, "priority" text, "alarm_id" text, "serial" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'maintenance_requested' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- tag_written
CREATE TABLE mes.tag_written (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    job_id TEXT COLLATE "C" NOT NULL,
    step_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
CREATE INDEX tag_written_job_id ON mes.tag_written (job_id);
CREATE INDEX tag_written_serial ON mes.tag_written (serial);
INSERT INTO mes.record_kind (kind, ver) VALUES ('tag_written', 1);

CREATE FUNCTION mes.project_tag_written(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."tag_written" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "tag", "address", "value_text",
        "status", "outcome", "serial", "job_id", "step_id"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."tag", b."address", b."value_text", b."status",
        b."outcome", coalesce(b."serial", ''), coalesce(b."job_id", ''), coalesce(b."step_id", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "tag" text, "address" text, "value_text" text, "status" text, "outcome" text, "serial" text, "job_id" text,
        "step_id" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'tag_written' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;

-- esd_tested
CREATE TABLE mes.esd_tested (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    tester TEXT COLLATE "C" NOT NULL,
    value_text TEXT COLLATE "C" NOT NULL,
    until_us BIGINT,
    outcome TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('esd_tested', 1);

CREATE FUNCTION mes.project_esd_tested(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."esd_tested" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "person_id", "tester", "value_text",
        "until_us", "outcome"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."person_id", b."tester", coalesce(b."value_text", ''),
        b."until_us", b."outcome"
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "person_id" text, "tester" text, "value_text" text, "until_us" bigint, "outcome" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'esd_tested' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;
