package natsbus

import (
	"testing"

	"bienban/internal/bus/bustest"
)

func TestTheEmbeddedBusKeepsTheContract(t *testing.T) {
	t.Parallel()
	bustest.Suite{New: func(t *testing.T, _ bustest.Limits) bustest.Hub { return newEmbedded(t) }}.Run(t)
}

func TestTheBusOfAClusterKeepsTheContract(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	bustest.Suite{New: func(t *testing.T, _ bustest.Limits) bustest.Hub { return c.forTest(t) }}.Run(t)
}
