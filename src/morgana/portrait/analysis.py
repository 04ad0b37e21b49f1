"""Everything a renderer needs to know of a portrait, worked out once per image."""

from morgana.errors import ErrorCode, InputError
from morgana.portrait import landmarks as lm
from morgana.portrait.detection import choose_face, detect_faces
from morgana.portrait.face_mesh import find_face_mesh
from morgana.portrait.image import Picture, fit_output, resize
from morgana.portrait.likeness import Portrait
from morgana.portrait.matting import background_plate, person_matte, whole_matte
from morgana.progress import Progress, ignore
from morgana.stages import Stage, enter

MAXIMUM_YAW = 38.0  # degrees by the landmarks, which fall short of the truth: about 55 in the world


def analyse(picture: Picture, progress: Progress = ignore) -> Portrait:
    """Find the face, its mesh, the matte and the background.

    Raises InputError: NO_FACE_DETECTED, MULTIPLE_FACES, FACE_TOO_SMALL, FACE_TURNED_AWAY.
    """
    enter(Stage.ANALYSE)
    source = picture.rgb
    rgb = resize(source, fit_output(source.shape[1], source.shape[0]))
    box = choose_face(detect_faces(rgb), enlarged=rgb.shape[1] / source.shape[1])
    progress(0.15)
    face = find_face_mesh(rgb, box)
    yaw = lm.head_yaw(face.landmarks)
    if abs(yaw) > MAXIMUM_YAW:
        raise InputError(
            ErrorCode.FACE_TURNED_AWAY,
            f"The face is turned {abs(yaw):.0f} degrees to the side; at most {MAXIMUM_YAW:.0f} can be "
            "animated. Use a picture in which both eyes and the whole mouth can be seen.",
        )
    progress(0.3)
    outline = face.landmarks[lm.OVAL, :2]
    matte = whole_matte(person_matte(rgb), outline, lm.interocular(face.landmarks))
    progress(0.6)
    plate = background_plate(rgb, matte)
    progress(1.0)
    return Portrait(rgb, face, matte, plate)
