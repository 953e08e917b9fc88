package whisper

// Built says whether this program has whisper.cpp in it (build tag whisper).
const Built = built
