-- The number of the last question: questions whose answers were used are forgotten, so that a replay means nothing.
ALTER TABLE satellite ADD COLUMN last_question INTEGER NOT NULL DEFAULT 0;
UPDATE satellite SET last_question =
    (SELECT COALESCE(MAX(number), 0) FROM question WHERE question.satellite = satellite.name);
