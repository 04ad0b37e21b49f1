"""Names for the landmarks of the MediaPipe face mesh: 468 surface points and 10 iris points.

The numbering is that of MediaPipe's canonical face model. "Right" and "left" are the person's own;
every row runs from the person's right to the person's left, so left to right in the picture.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

SURFACE = 468
RIGHT_IRIS = (468, 469, 470, 471, 472)  # centre, then four points on the rim
LEFT_IRIS = (473, 474, 475, 476, 477)

# Lip contours from the inner edge outwards; each row starts and ends at the two mouth corners.
UPPER_LIP = np.array(
    [
        [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
        [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
        [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
        [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
    ]
)
LOWER_LIP = np.array(
    [
        [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
        [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
        [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
        [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
    ]
)
MOUTH_CORNERS = (78, 308)

# Eye openings (lid margins), then the ring of lid skin around each.
RIGHT_EYE_UPPER = np.array([33, 246, 161, 160, 159, 158, 157, 173, 133])
RIGHT_EYE_LOWER = np.array([33, 7, 163, 144, 145, 153, 154, 155, 133])
LEFT_EYE_UPPER = np.array([362, 398, 384, 385, 386, 387, 388, 466, 263])
LEFT_EYE_LOWER = np.array([362, 382, 381, 380, 374, 373, 390, 249, 263])
RIGHT_LID_UPPER = np.array([247, 30, 29, 27, 28, 56, 190])
RIGHT_LID_LOWER = np.array([25, 110, 24, 23, 22, 26, 112])
LEFT_LID_UPPER = np.array([414, 286, 258, 257, 259, 260, 467])
LEFT_LID_LOWER = np.array([341, 256, 252, 253, 254, 339, 255])
EYE_CORNERS = (33, 133, 362, 263)

# Brows: lower then upper edge, from the outer end inwards.
RIGHT_BROW = np.array([[46, 53, 52, 65, 55], [70, 63, 105, 66, 107]])
LEFT_BROW = np.array([[276, 283, 282, 295, 285], [300, 293, 334, 296, 336]])

FOREHEAD = np.array([10, 109, 338, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 127, 356, 234, 454])
NOSE = np.array(
    [
        1,
        2,
        4,
        5,
        6,
        19,
        20,
        44,
        45,
        48,
        49,
        51,
        59,
        64,
        94,
        97,
        98,
        99,
        102,
        115,
        122,
        125,
        131,
        141,
        168,
        195,
        196,
        197,
        198,
        220,
        235,
        240,
        242,
        248,
        250,
        274,
        275,
        278,
        279,
        281,
        289,
        294,
        326,
        327,
        328,
        331,
        344,
        351,
        354,
        360,
        370,
        419,
        420,
        440,
        455,
        460,
        462,
    ]
)
CHIN = 152
CHIN_FRONT = np.array([175, 199, 200, 171, 396, 208, 428, 201, 421])
# Jaw line, from below each ear to the chin.
RIGHT_JAW = np.array([93, 132, 58, 172, 136, 150, 149, 176, 148])
LEFT_JAW = np.array([323, 361, 288, 397, 365, 379, 378, 400, 377])
RIGHT_CHEEK = np.array([50, 101, 118, 117, 123])
LEFT_CHEEK = np.array([280, 330, 347, 346, 352])
NOSE_TIP = 1
EARS = (234, 454)

OVAL = np.array(
    [
        10,
        338,
        297,
        332,
        284,
        251,
        389,
        356,
        454,
        323,
        361,
        288,
        397,
        365,
        379,
        378,
        400,
        377,
        152,
        148,
        176,
        149,
        150,
        136,
        172,
        58,
        132,
        93,
        234,
        127,
        162,
        21,
        54,
        103,
        67,
        109,
    ]
)


@cache
def triangles() -> NDArray[np.int32]:
    """The 852 triangles of the face surface, (852, 3). The mouth and both eyes are holes."""
    # Kept in a file of our own: to import MediaPipe takes two seconds, which a known face can do without.
    with files("morgana.portrait").joinpath("face_triangles.csv").open() as table:
        return np.loadtxt(table, np.int32, delimiter=",")


def interocular(landmarks: NDArray[np.float64]) -> float:
    """Distance between the iris centres, in the unit of `landmarks` (478, 3)."""
    return float(np.linalg.norm(landmarks[RIGHT_IRIS[0]] - landmarks[LEFT_IRIS[0]]))


def head_yaw(landmarks: NDArray[np.float64]) -> float:
    """How far the head is turned in the picture, degrees, positive towards the person's left."""
    left_to_right = landmarks[EARS[1]] - landmarks[EARS[0]]
    return float(np.degrees(np.arctan2(left_to_right[2], left_to_right[0])))
