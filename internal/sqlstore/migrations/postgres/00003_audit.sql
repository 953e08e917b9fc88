-- +goose Up
CREATE TABLE audit (
    seq     BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
    at      BIGINT NOT NULL,
    actor   TEXT   COLLATE "C" NOT NULL,
    action  TEXT   COLLATE "C" NOT NULL,
    subject TEXT   COLLATE "C" NOT NULL,
    detail  TEXT   COLLATE "C" NOT NULL CHECK (detail::json IS NOT NULL),
    prev    BYTEA  NOT NULL,
    hash    BYTEA  NOT NULL UNIQUE
);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    FOR EACH ROW EXECUTE FUNCTION forbid('the audit log is never changed');

CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION forbid('the audit log is never changed');

CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION forbid('the audit log is never changed');
