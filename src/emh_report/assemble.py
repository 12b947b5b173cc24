"""Document and relations → Findings. Only this module puts the contract together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from emh_report import __version__, advice, background, expansions, iron, nodes, organs, tissue
from emh_report.compression import cord_compression
from emh_report.diagnosis import differential, emh
from emh_report.lexicon import Lexicons
from emh_report.masses import masses
from emh_report.model import Asserted, Assertion, Emh, Findings, Generator, Lesion, Mention, Source
from emh_report.narrowing import canal_stenosis, cauda_equina, epidural, foraminal_narrowing
from emh_report.nodal_types import Group
from emh_report.relations import Links


def assemble(links: Links, mentions: tuple[Mention, ...], lexicons: Lexicons, source: Source) -> Findings:
    """The findings of one report."""
    document = links.document
    if not document.kinds:
        said = nothing(lexicons, source)
        return said.model_copy(
            update={
                "clinical": background.clinical(document),
                "study": background.study(document, ()),
                "addenda": background.addenda(document),
            }
        )
    diagnosis, emh_warnings = emh(document)
    compression, cord_warnings = cord_compression(links)
    told = list(advice.statements(document))
    advised = [statement.note for statement in told]
    groups = nodes.nodal_groups(links)
    return Findings(
        generator=_generator(lexicons.digest),
        source=source,
        clinical=background.clinical(document),
        study=background.study(document, advised),
        conditions=background.conditions(document, lexicons),
        treatments=background.treatments(document, advised),
        emh=diagnosis,
        lesions=lesions(links, groups, diagnosis),
        epidural=epidural(links),
        cord_compression=compression,
        cauda_equina=cauda_equina(links),
        canal_stenosis=canal_stenosis(links),
        foraminal_narrowing=foraminal_narrowing(links),
        iron_deposition=iron.iron(links),
        fatty_change=tissue.fatty_change(links),
        bone_marrow=tissue.bone_marrow(links),
        lymph_nodes=nodes.lymph_nodes(links, groups),
        organs=organs.organs(links),
        differential=differential(document, lexicons.concepts),
        biopsy=advice.biopsy(document),
        recommendations=advice.recommendations(document, told),
        critical_communication=background.communication(document),
        addenda=background.addenda(document),
        warnings=(*cord_warnings, *emh_warnings),
        mentions=mentions,
    )


def nothing(lexicons: Lexicons, source: Source) -> Findings:
    """The findings of a report that says nothing of ours."""
    return Findings(generator=_generator(lexicons.digest), source=source)


@lru_cache(maxsize=16)
def _generator(digest: str) -> Generator:
    return Generator(version=__version__, lexicon_digest=digest)


def lesions(links: Links, groups: Sequence[Group], diagnosis: Emh) -> tuple[Lesion, ...]:
    """Masses, enlarged nodes and expanded bones, numbered."""
    attribution = Asserted(assertion=diagnosis.assertion, certainty=diagnosis.certainty)
    if diagnosis.assertion in (Assertion.HYPOTHETICAL, Assertion.HISTORICAL):
        attribution = Asserted.unsaid()
    nodal = nodes.nodal_lesions(links, groups, attribution)
    drafts = [draft for draft in links.lesions if draft.number or not nodal or draft.site != "lymph_node"]
    found = [
        *masses(links.document, drafts, attribution),
        *nodal,
        *expansions.expanded_bones(links, attribution),
    ]
    return tuple(lesion.model_copy(update={"id": f"L{number}"}) for number, lesion in enumerate(found, 1))
