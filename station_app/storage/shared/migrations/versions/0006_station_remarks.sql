-- Remarks that people made at one station on the trends of another. Frozen: a change is a new migration.

CREATE INDEX line_trend_comment_about ON mes.line_trend_comment (about_station, at_us);

-- The newest remarks on a station's trends that were made at other stations of its line, newest first.
CREATE FUNCTION mes.line_remarks(p_station text, p_newest integer)
RETURNS SETOF mes.station_log
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM mes.check_same_line(p_station);
    RETURN QUERY
    SELECT l.* FROM mes.line_trend_comment AS c
    JOIN mes.station_log AS l
        ON l.station = c.station AND l.chan = c.chan AND l.epoch = c.epoch AND l.seq = c.seq
    WHERE c.about_station = p_station AND mes.line_of(c.station) = mes.line_of(p_station)
    ORDER BY c.at_us DESC, l.rec_id DESC LIMIT least(p_newest, 2000);
END $$;

REVOKE ALL ON mes.line_trend_comment FROM PUBLIC;
GRANT SELECT ON mes.line_trend_comment TO mes_reader, mes_auditor;
REVOKE EXECUTE ON FUNCTION mes.line_remarks(text, integer),
    mes.project_line_trend_comment(text, text, integer, bigint, bigint, text[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mes.line_remarks(text, integer) TO mes_station, mes_reader, mes_auditor;
