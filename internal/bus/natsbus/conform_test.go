package natsbus

import (
	"testing"

	"bienban/internal/bus/bustest"
)

func TestTheEmbeddedBusKeepsTheContract(t *testing.T) {
	t.Parallel()
	bustest.Suite{New: func(t *testing.T, _ bustest.Limits) bustest.Hub { return newEmbedded(t) }}.Run(t)
}

func TestTheBusWithoutASocketKeepsTheContract(t *testing.T) {
	t.Parallel()
	s := bustest.Suite{New: func(t *testing.T, _ bustest.Limits) bustest.Hub { return inProcess{newEmbedded(t)} }}
	s.RunUp(t) // the server is this process: it is never away
}

func TestTheBusOfAClusterKeepsTheContract(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	bustest.Suite{New: func(t *testing.T, _ bustest.Limits) bustest.Hub { return c.forTest(t) }}.Run(t)
}
