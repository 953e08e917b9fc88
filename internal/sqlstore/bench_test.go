package sqlstore

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bienban/internal/host"
	"bienban/internal/sqlstore/storetest"
)

// BenchmarkAcceptFinal is one final of one segment, synced; it prints
// percentiles and the machine's load.
func BenchmarkAcceptFinal(b *testing.B) {
	s := openAt(b, filepath.Join(b.TempDir(), "bienban.db"))
	begin(b, s)
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for i := range int64(b.N) {
		f := storetest.Final("r", 1, i*100, (i+1)*100, fmt.Sprint("Kính thưa đại hội, ", i))
		begin := time.Now()
		if err := s.AcceptFinal(b.Context(), f); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	b.StopTimer()
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
	b.Logf("load %.2f", host.Load())
}
