-- +goose Up
CREATE TABLE account (
    id            TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    login         TEXT    NOT NULL UNIQUE CHECK (login <> ''), -- to sign in with, in the form that accounts.CheckLogin gives
    name          TEXT    NOT NULL CHECK (name <> ''), -- as others see the person
    language      TEXT    NOT NULL, -- of the interface; '' for the browser's
    administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    password      TEXT    NOT NULL, -- argon2id, PHC string
    made          INTEGER NOT NULL  -- Unix milliseconds
) STRICT;

-- Roles are words of minutes/desk; a person may have several in a meeting.
CREATE TABLE membership (
    meeting TEXT    NOT NULL REFERENCES meeting (id),
    account TEXT    NOT NULL REFERENCES account (id),
    role    TEXT    NOT NULL CHECK (role <> ''),
    since   INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (meeting, account, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX membership_of_account ON membership (account, meeting);

-- A session that was ended keeps its row, without its data, until it would have
-- expired: a request that was under way cannot bring it back.
CREATE TABLE session (
    token   BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's
    account TEXT    REFERENCES account (id), -- NULL before sign-in
    data    BLOB    NOT NULL,
    made    INTEGER NOT NULL, -- Unix milliseconds, as the others
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    ended   INTEGER,
    address TEXT    NOT NULL,
    agent   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_of_account ON session (account);
CREATE INDEX session_by_expiry ON session (expires);

-- What was done to somebody or something, without reading the whole log.
CREATE INDEX audit_of_subject ON audit (subject, seq);
