package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bienban/minutes/desk"
)

// hallRoutes are the pages of what helps to hear: words and microphones.
func (s *Server) hallRoutes() []route {
	return []route{
		meetingPage("/glossary", desk.Prepare, (*request).glossary),
		meetingForm("/glossary", desk.Prepare, (*request).setGlossary),
		meetingPage("/channels", desk.SeePeople, (*request).channels),
		meetingForm("/channels", desk.Prepare, (*request).setChannels),
	}
}

// glossaryPage is what glossary.html shows.
type glossaryPage struct {
	Words []string
	Added string // as sent, or what a document suggests
	// Suggested is how many words a document suggested.
	Suggested int
}

func (q *request) glossary() error {
	return q.prepare("glossary", glossaryPage{Words: q.meeting.State.Glossary}, page{})
}

// setGlossary adds the lines of a field and removes the words that are ticked.
func (q *request) setGlossary() error {
	b := desk.GlossaryChanged{Add: splitLines(q.r.PostFormValue("add")), Remove: slices.Clone(q.r.PostForm["remove"])}
	if len(b.Add)+len(b.Remove) == 0 {
		return q.redirect("/m/" + q.meetingID() + "/glossary")
	}
	d, err := q.doForm(desk.KindGlossary, b)
	if err != nil {
		return q.again("glossary", glossaryPage{Words: q.meeting.State.Glossary, Added: q.r.PostFormValue("add")}, err)
	}
	return q.saved(d, "/glossary")
}

// channelUses are what a microphone can be for.
func channelUses() []string { return []string{"chair", "lectern", "floor", "other"} }

// spareChannels is how many empty rows the page of microphones has.
const spareChannels = 2

// channelsPage is what channels.html shows.
type channelsPage struct {
	Channels []desk.Channel
	Uses     []string
	People   []string
	Seq      int64
}

func (q *request) channels() error {
	d := q.channelsOf(slices.Clone(q.meeting.State.Channels))
	most := 0
	for _, c := range d.Channels {
		most = max(most, c.Number)
	}
	if q.may(desk.Prepare) {
		for i := range spareChannels {
			d.Channels = append(d.Channels, desk.Channel{Number: most + 1 + i})
		}
	}
	return q.showChannels(d, page{})
}

func (q *request) channelsOf(list []desk.Channel) channelsPage {
	d := channelsPage{Channels: list, Uses: channelUses(), Seq: q.meeting.Seq}
	for _, p := range q.meeting.State.People {
		d.People = append(d.People, p.Name)
	}
	return d
}

func (q *request) showChannels(d channelsPage, p page) error {
	p.Scripts, p.Texts = []string{"channels.js"}, []string{"js.channels."}
	return q.prepare("channels", d, p)
}

// setChannels reads the table of microphones; a row without anything in it is none.
func (q *request) setChannels() error {
	var list []desk.Channel
	form := q.r.PostForm
	for i, n := range form["number"] {
		at := func(name string) string {
			if v := form[name]; i < len(v) {
				return strings.TrimSpace(v[i])
			}
			return ""
		}
		c := desk.Channel{Label: at("label"), Use: at("use"), Person: at("person")}
		if c == (desk.Channel{}) {
			continue
		}
		number, err := strconv.Atoi(strings.TrimSpace(n))
		c.Number = number
		list = append(list, c)
		if err != nil || number < 1 {
			return q.showChannels(q.channelsOf(list), page{Status: http.StatusUnprocessableEntity, Problem: q.t("number.wrong")})
		}
	}
	d, err := q.doForm(desk.KindChannels, desk.ChannelsSet{Channels: list})
	if err != nil {
		if e := q.againChannels(list, err); e != nil {
			return e
		}
		return nil
	}
	return q.saved(d, "/channels")
}

func (q *request) againChannels(list []desk.Channel, err error) error {
	switch statusOf(err) {
	case http.StatusUnprocessableEntity, http.StatusConflict, http.StatusLocked:
		return q.showChannels(q.channelsOf(list), page{Status: statusOf(err), Problem: q.explain(err)})
	}
	return err
}
