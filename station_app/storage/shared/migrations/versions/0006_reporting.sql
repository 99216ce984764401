-- Reporting table of the kind that came with schema version 6. Frozen: a change is a new migration.

-- line_trend_comment
CREATE TABLE mes.line_trend_comment (
    rec_id TEXT COLLATE "C" NOT NULL,
    station TEXT COLLATE "C" NOT NULL,
    chan TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    wall_time TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_time TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    about_station TEXT COLLATE "C" NOT NULL,
    at_us BIGINT NOT NULL,
    until_us BIGINT,
    tags TEXT[] COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    supersedes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rec_id)
);
INSERT INTO mes.record_kind (kind, ver) VALUES ('line_trend_comment', 1);

CREATE FUNCTION mes.project_line_trend_comment(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."line_trend_comment" (
        rec_id, station, chan, epoch, seq, wall_time, corrected_time, actor, "about_station", "at_us", "until_us",
        "tags", "text", "supersedes"
    )
    SELECT
        l.rec_id, l.station, l.chan, l.epoch, l.seq, mes.time_of(l.wall_us), mes.time_of(l.wall_us +
        coalesce(l.clock_offset_ms, 0) * 1000), l.actor, b."about_station", b."at_us", b."until_us",
        coalesce(b."tags", '{}'), b."text", coalesce(b."supersedes", '')
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
        "about_station" text, "at_us" bigint, "until_us" bigint, "tags" text[], "text" text, "supersedes" text
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = 'line_trend_comment' AND l.ver = 1 AND octet_length(l.body) <= 1048576
      AND l.rec_id <> ALL (p_skip);
END $$;
