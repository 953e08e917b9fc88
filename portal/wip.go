package portal

func (s *Server) prepareRoutes() []route      { return nil }
func (s *Server) installationRoutes() []route { return nil }

// Searcher finds.
type Searcher interface{}

// Auditor lists.
type Auditor interface{}

