"""Phonemes of Kokoro's alphabet (IPA, with letters of its own for affricates and diphthongs) as ARPAbet.

An actor knows what the mouth does for ARPAbet phones; the sounds of other languages take the phone that
looks most like them, since only what is seen counts: the Spanish b between vowels nearly closes the lips,
and a tapped or trilled r is made with the tongue alone.
"""

from typing import Final

_WRITTEN: Final = """
    A=EY I=AY O=OW Q=OW W=AW Y=OY T=D ᵊ=AH ᵻ=IH
    a=AA ɑ=AA æ=AE ɐ=AH ə=AH ʌ=AH ɤ=AH ɔ=AO o=AO ɒ=AO ɛ=EH e=EH ɜ=ER ɚ=ER œ=ER i=IY ɪ=IH ɨ=IH ɯ=UH ø=UH ʊ=UH
    u=UW y=UW
    j=Y ʝ=Y ɟ=Y ç=Y w=W ɥ=W ɸ=W ɹ=R ɻ=R l=L ʎ=L r=L ɾ=D ɽ=D
    p=P b=B β=B t=T ʈ=T d=D ɖ=D k=K c=K q=K ɡ=G ɣ=G ɰ=G m=M n=N ɳ=N ɲ=N ŋ=NG ɴ=NG
    f=F v=V ʋ=V θ=TH ð=DH s=S ʦ=S z=Z ʣ=Z ʃ=SH ʂ=SH ɕ=SH ʒ=ZH ʧ=CH ʨ=CH ꭧ=CH ʤ=JH ʥ=JH h=HH x=K χ=K ʁ=G
"""
_PHONES: Final = dict(pair.split("=") for pair in _WRITTEN.split())


def phone(symbol: str) -> str | None:
    """The ARPAbet phone of a phoneme, whose marks of length and nasality show on no face.

    None for what is no sound of its own, such as a glottal stop or a tone.
    """
    return _PHONES.get(symbol[:1])
