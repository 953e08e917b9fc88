package hall

import "time"

// seldomEvery is how often the same trouble is said while it goes on.
const seldomEvery = time.Minute

// seldom keeps a log from saying the same in each round: what goes on for hours
// would hide everything else. For one goroutine.
type seldom struct {
	text string
	at   time.Time
}

// again says whether a text is to be said now: another one than last, or the
// same after a while.
func (s *seldom) again(text string) bool {
	if text == s.text && time.Since(s.at) < seldomEvery {
		return false
	}
	s.text, s.at = text, time.Now()
	return true
}
