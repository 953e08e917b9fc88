package membus_test

import (
	"log/slog"
	"testing"

	"bienban/internal/bus"
	"bienban/internal/bus/bustest"
	"bienban/internal/bus/membus"
)

type hub struct{ *membus.Hub }

func (h hub) Connect(*testing.T, bustest.Limits) bus.Bus { return h.Hub.Connect() }
func (h hub) Stop(*testing.T)                            { h.Hub.Stop() }
func (h hub) Start(*testing.T)                           { h.Hub.Start() }
func (h hub) Enqueue(t *testing.T, b bus.Bus, data []byte) {
	if err := b.(*membus.Bus).Enqueue(t.Context(), data); err != nil {
		t.Fatal(err)
	}
}

func TestTheMemoryBusKeepsTheContract(t *testing.T) {
	bustest.Suite{New: func(_ *testing.T, l bustest.Limits) bustest.Hub {
		return hub{membus.New(membus.Options{AudioBytes: l.AudioBytes, Refuse: l.Refuse, Log: slog.New(slog.DiscardHandler)})}
	}}.Run(t)
}
