package desk

// Kinds of act. Behind each stands its body's type.
const (
	KindCreated Kind = "created" // Created; made by Store.Create only

	// Preparation; some also during the meeting.
	KindHead            Kind = "head_changed"      // HeadChanged
	KindMember          Kind = "member_set"        // MemberSet
	KindSession         Kind = "session_set"       // SessionSet
	KindSessionRemoved  Kind = "session_removed"   // Named
	KindAgenda          Kind = "agenda_replaced"   // AgendaReplaced
	KindItemAdded       Kind = "item_added"        // ItemAdded
	KindItemChanged     Kind = "item_changed"      // ItemChanged
	KindItemMoved       Kind = "item_moved"        // ItemMoved
	KindItemSkipped     Kind = "item_skipped"      // ItemSkipped
	KindItemsMerged     Kind = "items_merged"      // ItemsMerged
	KindItemRemoved     Kind = "item_removed"      // Named; only one that nothing refers to
	KindPerson          Kind = "person_set"        // PersonSet
	KindPersonRemoved   Kind = "person_removed"    // Named
	KindRegister        Kind = "register_replaced" // RegisterReplaced
	KindGlossary        Kind = "glossary_changed"  // GlossaryChanged
	KindChannels        Kind = "channels_set"      // ChannelsSet
	KindDocument        Kind = "document_set"      // DocumentSet
	KindDocumentRemoved Kind = "document_removed"  // Named
	KindSigners         Kind = "signers_set"       // SignersSet

	// Phases.
	KindPhase              Kind = "phase_changed"       // PhaseChanged
	KindRehearsal          Kind = "rehearsal_begun"     // Nothing
	KindRehearsalDiscarded Kind = "rehearsal_discarded" // Nothing

	// The live desk. Each takes the place "now".
	KindMark         Kind = "mark"            // MarkMade
	KindMarkChanged  Kind = "mark_changed"    // MarkChanged
	KindMarkRemoved  Kind = "mark_removed"    // Named
	KindSpeaker      Kind = "speaker"         // SpeakerMade
	KindQueue        Kind = "queue_changed"   // QueueChanged
	KindNote         Kind = "note"            // NoteMade
	KindNoteChanged  Kind = "note_changed"    // NoteChanged
	KindNoteRemoved  Kind = "note_removed"    // Named
	KindPaused       Kind = "paused"          // Paused
	KindResumed      Kind = "resumed"         // Resumed
	KindPoint        Kind = "point_added"     // PointAdded
	KindPointClosed  Kind = "point_closed"    // Named
	KindRecordingSet Kind = "recording_filed" // RecordingFiled

	// Attendance, votes, elections and other data.
	KindAttendance          Kind = "attendance"           // AttendanceMade
	KindAttendanceChanged   Kind = "attendance_changed"   // AttendanceChanged
	KindAttendanceRemoved   Kind = "attendance_removed"   // Named
	KindVote                Kind = "vote"                 // VoteMade
	KindVoteAll             Kind = "vote_all"             // VoteAll: "all present in favour"
	KindVoteChanged         Kind = "vote_changed"         // VoteChanged
	KindVoteRemoved         Kind = "vote_removed"         // Named
	KindElection            Kind = "election"             // ElectionMade
	KindElectionChanged     Kind = "election_changed"     // ElectionChanged
	KindElectionRemoved     Kind = "election_removed"     // Named
	KindPublished           Kind = "result_published"     // Result
	KindUnpublished         Kind = "result_withdrawn"     // Result
	KindAppointment         Kind = "appointment_set"      // AppointmentSet
	KindAppointmentRemoved  Kind = "appointment_removed"  // Named
	KindContribution        Kind = "contribution_set"     // ContributionSet
	KindContributionRemoved Kind = "contribution_removed" // Named
	KindAction              Kind = "action_set"           // ActionSet
	KindActionRemoved       Kind = "action_removed"       // Named

	// The text.
	KindText           Kind = "text"               // TextChanged
	KindReplaced       Kind = "words_replaced"     // WordsReplaced
	KindSplit          Kind = "split"              // SplitAt
	KindMerge          Kind = "merge"              // SegmentsNamed
	KindSegmentSpeaker Kind = "segments_speaker"   // SegmentsSpeaker
	KindSegmentItem    Kind = "segments_item"      // SegmentsItem
	KindDismissed      Kind = "segments_dismissed" // SegmentsReason
	KindRestored       Kind = "segments_restored"  // SegmentsNamed
	KindFlags          Kind = "flags_resolved"     // FlagsResolved
	KindStretch        Kind = "stretch_dismissed"  // StretchDismissed
	KindAdopted        Kind = "layer_adopted"      // LayerAdopted
	KindLayerChosen    Kind = "layer_chosen"       // LayerChosen

	// Sound that is to be gone.
	KindErasureAsked     Kind = "erasure_asked"     // ErasureAsked
	KindErasureConfirmed Kind = "erasure_confirmed" // Named; by another person
	KindErasureRefused   Kind = "erasure_refused"   // Named; also taken back

	// The minutes.
	KindMinutes Kind = "minutes_brought" // MinutesBrought

	// Over all.
	KindUndo   Kind = "undo"             // Undo
	KindSettle Kind = "conflict_settled" // Settle
)
