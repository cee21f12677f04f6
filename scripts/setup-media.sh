#!/usr/bin/env bash
# ffmpeg and ffprobe: the encoders of ProRes and H.264, and the second opinion when a delivery is validated. mediainfo: the
# third, with which tests read tags back.
. "$(dirname "$0")/lib.sh"

{ have ffmpeg && have ffprobe; } ||
  provide "ffmpeg, which encodes ProRes and H.264" apt=ffmpeg brew=ffmpeg dnf=ffmpeg-free pacman=ffmpeg
have mediainfo ||
  provide "mediainfo, with which the tests read a delivery's tags" apt=mediainfo brew=media-info dnf=mediainfo pacman=mediainfo
