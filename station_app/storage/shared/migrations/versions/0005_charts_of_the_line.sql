-- What control charts of one station need of the others: points of the same characteristic. Frozen: a change is a new migration.

CREATE INDEX sample_measured_chart ON mes.sample_measured (product, operation, characteristic, station, epoch, seq);
CREATE INDEX attribute_inspected_chart ON mes.attribute_inspected (product, operation, characteristic, station, epoch, seq);
CREATE INDEX measurement_chart ON mes.measurement (operation, characteristic, station, epoch, seq);

-- Every other station: how far its records have come in each epoch, its last status, and how long ago that was.
CREATE FUNCTION mes.stations_heard()
RETURNS TABLE (station text, epochs integer[], last_seqs bigint[], status bytea, heard_age_s double precision)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_station text := mes.own_station();
BEGIN
    RETURN QUERY
    SELECT s.path, coalesce(h.epochs, ARRAY[]::integer[]), coalesce(h.seqs, ARRAY[]::bigint[]), t.status,
        extract(epoch FROM clock_timestamp() - t.received_at)::double precision
    FROM mes.station AS s
    LEFT JOIN mes.station_status AS t ON t.station = s.path
    LEFT JOIN LATERAL (
        SELECT array_agg(e.epoch ORDER BY e.epoch) AS epochs, array_agg(e.last_seq ORDER BY e.epoch) AS seqs
        FROM mes.station_head AS e WHERE e.station = s.path AND e.chan = 'rec'
    ) AS h ON true
    WHERE s.path <> v_station
    ORDER BY s.path;
END $$;

-- The newest p_limit records of other stations that make points of a chart, after what the caller has of each epoch (three
-- lists of one length; what they do not name counts from the beginning). In the order of each station's log.
CREATE FUNCTION mes.chart_points(p_product text, p_operation text, p_characteristic text, p_stations text[],
    p_epochs integer[], p_seqs bigint[], p_limit integer)
RETURNS SETOF mes.station_log
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_station text := mes.own_station();
BEGIN
    IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 10080 OR cardinality(p_stations) > 10000
        OR cardinality(p_stations) <> cardinality(p_epochs) OR cardinality(p_stations) <> cardinality(p_seqs) THEN
        RAISE EXCEPTION 'a chart is asked for 1 to 10080 points, after three lists of one length' USING ERRCODE = 'MES03';
    END IF;
    RETURN QUERY
    WITH head AS MATERIALIZED (
        SELECT h.station, h.epoch, coalesce(max(k.seq), 0) AS seq
        FROM mes.station_head AS h
        LEFT JOIN unnest(p_stations, p_epochs, p_seqs) AS k(station, epoch, seq)
            ON k.station = h.station AND k.epoch = h.epoch
        WHERE h.chan = 'rec' AND h.station <> v_station
        GROUP BY h.station, h.epoch
    ), point AS (
        SELECT h.station, h.epoch, p.seq, p.corrected_time FROM head AS h CROSS JOIN LATERAL (
            (SELECT s.seq, s.corrected_time FROM mes.sample_measured AS s
            WHERE s.product = p_product AND s.operation = p_operation AND s.characteristic = p_characteristic
              AND s.station = h.station AND s.epoch = h.epoch AND s.seq > h.seq AND s.chan = 'rec'
            ORDER BY s.seq DESC LIMIT p_limit)
            UNION ALL
            (SELECT a.seq, a.corrected_time FROM mes.attribute_inspected AS a
            WHERE a.product = p_product AND a.operation = p_operation AND a.characteristic = p_characteristic
              AND a.station = h.station AND a.epoch = h.epoch AND a.seq > h.seq AND a.chan = 'rec'
            ORDER BY a.seq DESC LIMIT p_limit)
            UNION ALL
            (SELECT m.seq, m.corrected_time FROM mes.measurement AS m
            WHERE m.operation = p_operation AND m.characteristic = p_characteristic
              AND m.station = h.station AND m.epoch = h.epoch AND m.seq > h.seq AND m.chan = 'rec'
              AND EXISTS (SELECT 1 FROM mes.job_state AS j
                  WHERE j.serial = m.serial AND j.job_id = m.job_id AND j.product = p_product)
            ORDER BY m.seq DESC LIMIT p_limit)
        ) AS p
    ), newest AS (
        SELECT p.station, p.epoch, p.seq FROM point AS p
        ORDER BY p.corrected_time DESC, p.station DESC, p.epoch DESC, p.seq DESC LIMIT p_limit
    )
    SELECT l.* FROM newest AS n JOIN mes.station_log AS l
        ON l.station = n.station AND l.chan = 'rec' AND l.epoch = n.epoch AND l.seq = n.seq
    -- what makes a point is a few hundred bytes; more is no reading, and the answer stays bounded
    WHERE octet_length(l.body) <= 16384
    ORDER BY l.station, l.epoch, l.seq;
END $$;

REVOKE EXECUTE ON FUNCTION
    mes.stations_heard(), mes.chart_points(text, text, text, text[], integer[], bigint[], integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    mes.stations_heard(), mes.chart_points(text, text, text, text[], integer[], bigint[], integer)
TO mes_station;
