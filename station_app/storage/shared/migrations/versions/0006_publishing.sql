-- Publishing again is how a document that somebody changed in its place is repaired: what counts as standing there already is
-- its content, not its noted hash alone. Frozen: a change is a new migration.

CREATE OR REPLACE FUNCTION mes.publish(p_kind text, p_id text, p_body bytea, p_op text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rev bigint;
    v_current record;
    v_sha256 text := encode(sha256(p_body), 'hex');
BEGIN
    IF p_op NOT IN ('put', 'remove') OR p_kind = '' OR p_id = '' THEN
        RAISE EXCEPTION 'a change has a kind, an id and the operation put or remove' USING ERRCODE = 'MES03';
    END IF;
    PERFORM pg_advisory_xact_lock(5063764);
    SELECT coalesce(max(m.rev), 0) INTO v_rev FROM mes.master_change AS m;
    SELECT m.op, m.sha256, m.body INTO v_current FROM mes.master_change AS m
    WHERE m.kind = p_kind AND m.id = p_id ORDER BY m.rev DESC LIMIT 1;
    IF v_current.op = p_op AND (p_op = 'remove' OR v_current.sha256 = v_sha256 AND v_current.body = p_body) THEN
        RETURN v_rev;
    END IF;
    INSERT INTO mes.master_change (rev, kind, id, body, sha256, op, published_by)
    VALUES (v_rev + 1, p_kind, p_id, p_body, v_sha256, p_op, session_user);
    PERFORM pg_notify('mes_master', (v_rev + 1)::text);
    RETURN v_rev + 1;
END $$;
