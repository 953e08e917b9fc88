package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"bienban/internal/rig"
	"bienban/internal/rig/browser"
)

// entry is a line of a ledger: an act and what the browser was told of it.
type entry struct {
	act      browser.Act
	sends    int
	seq      int64 // acknowledged as this event; 0 = not
	made     string
	conflict bool
	refused  string // why, of one that was
	left     bool   // the page was closed before an answer came: it may or may not have happened
	took     time.Duration
}

// secretary is a person at the live desk or the review, and her browser.
type secretary struct {
	l      *lab
	name   string
	c      *browser.Client
	dice   *rand.Rand
	page   *page
	ledger []*entry
	repeat int // acts that were sent once more after their answer
	known  int // answers that said that the act had been done before: it was done, and its answer cut
	cut    int // sends without an answer
	hand       // what she has made and may change

	mu  sync.Mutex
	err error
}

func login(i int) string { return fmt.Sprintf("secretary%d", i+1) }

// Shares of what happens now and then.
const (
	closes  = 0.05 // of cut sends: the page is closed and the act left
	repeats = 0.03 // of acknowledged acts: another page of hers sends it again
	foreign = 0.01 // of acts: a page of another site tries to make her browser do it
)

func (s *secretary) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *secretary) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = errors.Join(s.err, err)
}

// run does act after act until told to halt.
func (s *secretary) run(ctx context.Context, halt <-chan struct{}) {
	for ctx.Err() == nil && s.failed() == nil {
		select {
		case <-halt:
			return
		default:
		}
		kind, body := s.next()
		b, err := json.Marshal(body)
		if err != nil {
			s.fail(err)
			return
		}
		e := &entry{act: browser.Act{ID: fmt.Sprintf("%s-%06d-%016x", s.name, len(s.ledger), s.dice.Uint64()), Kind: kind, Base: s.page.newest(), Body: b}}
		s.ledger = append(s.ledger, e)
		if s.dice.Float64() < foreign {
			s.fromElsewhere(ctx, e)
			continue
		}
		if err := s.send(ctx, e); err != nil {
			s.fail(err)
			return
		}
		s.learn(e)
		rig.Rest(ctx, time.Duration(s.dice.Int64N(int64(10*time.Millisecond))))
	}
}

// errSession is a session that did not outlive a kill.
var errSession = errors.New("she was signed out")

// send sends an act until there is an answer (link.send of live-link.js; it waits less).
func (s *secretary) send(ctx context.Context, e *entry) error {
	began := time.Now()
	for {
		e.sends++
		a, err := s.c.Act(ctx, s.l.office.Meeting, e.act)
		switch {
		case err != nil && ctx.Err() != nil:
			e.left = true
			return nil //nolint:nilerr // the run is over: the act stays unanswered
		case err != nil || a.Status >= http.StatusInternalServerError || a.Status == http.StatusTooManyRequests:
			if err != nil {
				s.cut++
				if s.dice.Float64() < closes {
					e.left = true
					return nil
				}
			}
			rig.Rest(ctx, time.Duration(10+s.dice.IntN(40))*time.Millisecond)
			continue
		case a.Status == http.StatusUnauthorized:
			return errSession
		case a.Done == nil:
			e.refused = fmt.Sprintf("%d %s", a.Status, a.Message)
			return nil
		}
		e.seq, e.made, e.conflict, e.took = a.Done.Seq, a.Done.ID, a.Done.Conflict != nil, time.Since(began)
		if a.Done.Again {
			s.known++
			if e.sends == 1 {
				return fmt.Errorf("act %s was sent once and had been done before", e.act.ID)
			}
		}
		s.l.acked.Add(1)
		if e.conflict {
			s.conflicts = append(s.conflicts, a.Done.Conflict.ID)
		}
		if s.dice.Float64() < repeats {
			return s.again(ctx, e)
		}
		return nil
	}
}

// again sends an act that was acknowledged once more: the answer must be the same.
func (s *secretary) again(ctx context.Context, e *entry) error {
	a, err := s.c.Act(ctx, s.l.office.Meeting, e.act)
	if err != nil || a.Status >= http.StatusInternalServerError {
		return nil //nolint:nilerr // a kill; whether it was done twice is seen in the store
	}
	s.repeat++
	if a.Done == nil || a.Done.Seq != e.seq || !a.Done.Again || a.Done.ID != e.made {
		return fmt.Errorf("act %s was event %d, made %q; sent again it is %+v, status %d %s", e.act.ID, e.seq, e.made, a.Done, a.Status, a.Message)
	}
	return nil
}

// fromElsewhere is a page of another site: whatever serve does, the act must not happen.
func (s *secretary) fromElsewhere(ctx context.Context, e *entry) {
	e.refused = "of another site"
	a, err := s.c.ActOfAnotherSite(ctx, s.l.office.Meeting, e.act)
	if err == nil && a.Status != http.StatusForbidden && a.Status < http.StatusInternalServerError {
		s.fail(fmt.Errorf("an act of another site: status %d %s", a.Status, a.Message))
	}
}

// enter signs everybody in and gives each a page that follows the meeting.
func (l *lab) enter(ctx context.Context) (people []*secretary, readers []*reader, err error) {
	serve, err := l.serve("--no-worker")
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, serve.End(ctx)) }()
	if err := rig.Ready(ctx, serve, l.office.URL); err != nil {
		return nil, nil, err
	}
	for i := range l.secretaries {
		c, err := l.office.Enter(ctx, login(i))
		if err != nil {
			return nil, nil, err
		}
		s := &secretary{l: l, name: login(i), c: c, dice: rand.New(rand.NewPCG(l.seed, uint64(i)+1)), page: newPage()}
		people = append(people, s)
		readers = append(readers, &reader{l: l, name: s.name, login: s.name, c: c, see: s.page.event})
	}
	for i, who := range []string{"delegate", login(0)} {
		c, err := l.office.Enter(ctx, who)
		if err != nil {
			return nil, nil, err
		}
		r := &reader{l: l, name: who, login: who, c: c, dice: rand.New(rand.NewPCG(l.seed, uint64(100+i)))}
		if i == 1 {
			r.name, r.flaps = who+" (page opened again and again)", true
		}
		readers = append(readers, r)
	}
	return people, readers, nil
}
