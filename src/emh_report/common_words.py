"""Words that are not misspelt: English and medical words a slip away from a word of the lexicons.

spelling.py would mend them: "position" to "positron", "stricture" to "structure", "osteoclastic" to
"osteoblastic". No library among the dependencies ships a word list, so those that matter are listed here:
of two large English word lists and a medical one, the words that spelling.py would have changed given the
words of the lexicons, the code and the test reports; read one by one, true variants ("artefact") left out,
and opposites ("abduction", "infrarenal", "hypovascular") added. A word of any lexicon needs no mention here.
"""

from __future__ import annotations

from emh_report.words import normalise

_WORDS = """
    abbreviated abducent abduct abducted abducting abduction abductor abetment abetted abetting abience
    absciss abutter accelerate accented accenting accepter accessary accessor accumulate acknowledge aclasia
    aclastic acquire acquirer addiction additory addressee adducent adduct adducted adducting adduction
    adductor adrenopathy advisably affirmer aliened aligner alloyed alloying alterative altercation
    alternation amender america americano anagogy anatoxic angiograph angular answerer aphasia appealed
    appeased appendic applicably appreciably appreciate appropriated approximated arachnid arteriole
    articled ascetic aspirated assented asserter associate assorted asterism atrioventricular atropic
    attache attacked attenuant attenuate attributed attributer audition auditor automate averted avoidably
    avoider backyard bacteremic bacteriemia barbing barging baring barking bassline beached beading beaming
    beaning bearding beating believe believer benefic bewaring bifilar birring blacked blander blaring
    blastid bleached bleeper bleeping blending blighter blocker blooding blooping booming borderer bosnian
    bounced bounden bounder brachia bracken braking branchial branchiogenic breaching breading breathed
    breeding brighten bristly broached broaden broadener brocket broider bronchia brooder brothel brucella
    bruskly bucking bullous burring calcaria calcarine calcitic calculous caldarium caliper calvaria
    canceler canceller cantered capitalise capitation capitol capsula capsulate capsuled caption captioned
    cardinal cardiopulmonary cariology carpectomy cassation categorise cattleman centrad centrilobular
    centrolobular cerebra certainty cervices cetology chaired chanced chancel chanel changer chanted chanter
    chapiter characterise characterizer charactery charged charnel charter chaster chatter cheated cheater
    cheating checker cheeked chelate chested chestier chlorine chlorite chocked chordoid chorioid chorioma
    chromic chucked chuffing circumscribe circumscriber clamping clanged clarity classily classis clastic
    cleaned cleanly clearer cleaved clomping cloning cloying cobalamine coccyx cochlea coetaneous coffined
    cohered cohering collapsed collusion colpectomy combing commando commandoes commence commend commenter
    commination commines communicate communisation commuted compacta compadre comparably compare comparer
    compatibly compete compile compiler complected complexed compliant complicate complied compliment
    compony comportment compost composted compote compute computer computerise compère compèred conceit
    concert concerted concerting concordat confidant confided confider confine confiner conform conformation
    conformed conforming confuse confuser confuted congenial conglomerated considerably constriction
    constructing container contemplate contend continent continua continuo contracting contraindicate
    contrasty contused convect convected convened converged conversed converter conveyer convoyed cordectomy
    corectomy corneal cornel cornice corning coronad correcter counter courted courting coveted coveting
    cowered cowering cowfish criterial crowing crowned crowning crumping cultured currant curried currier
    curtain cytopenic debased debater debited debunked debunking debuted decayed decease deceased deceasing
    decider declare declarer declawed declive decoder decoyed dedicate defected defending deferrer defiled
    definer definity defying degrade degrader degrease degression dehydrogenate deigned dejected delayer
    delectable delineate demarcate demineralise demineralizer demonstrably densify denting depicter
    depletion depletional deportment deprived derailed derision dermatose describe describer descried
    deserved desiccate designer desirably desiree desirer desmond despise destroyer detained detecter
    deteriorated deterred deterring detestable detested developer deviate dextrorse diagnose dictate
    differentia differin difficultly diffused diffuser diluted dimeter diploica diploid diplopic directer
    director disagreed discant discerner discernibly discission discounter discreet discursion discus
    discuses diseased diseuse disjunction dismounted disperse dispersed displayed displaying dissension
    distanced distense dividend divider divined documenter drawing duodena duplicated dyscrasic dysjunction
    dysphasia ectasis ectogenic ectopia editing effacer ejective electronica elevate eliminated elongate
    embolize emergence emersed encapsulate encoring endometria endoscope enlarge enlarger entasia entirety
    entopic eosinophilia equably erasion erective erythroleukemic erythropoietic escalate establisher
    estimate estivated estivation eternal ethology eutopic evacuation eventing everting evidenced evitable
    exaggerate examine examinee examiner exampled excerpta excerpted excerpting exchanged exchanger excited
    exciting exiling existing expander expansible expansive expending expensive explainer explantation
    extender extensile externa externum extraconal extramural extrema extremer faction facture falling
    fallowed fallowing familiar farming farther fascine fashioner fatigued fatness fattened fattening
    favorably favorer feasibly featured feeling felling fending feuding fibroin fibrosa filing filming
    finesses finisher finking firming fissula fissura fissured fistular flagger flaking flanged flatted
    flattener flatter flattered flattering flavored flavoring flawing flitting flogged flunking foaming
    follower forcing fording fordone foremast foremen forging forking fractured franking friction frilling
    frontad frosted froward fullback fulling funding fungoid funiform ganglial gastrin generalise generate
    generic genesic gentlemen glanular glowing goading gracing granula granulosa grating gratulation graving
    graying grazing greaser greaten greeter groping growling harmonica headachy headiness headlined
    headliner healing heaping hearing heating heaving heeding heliacal hematic hematopoietin hemoglobinuric
    hemolysin hemopoietin hemoptysic hemorrhaged hemothorax hepatica hepatism hepatitic hepatologist herding
    hesitance heterogonous heterogynous heterotonia heterotonic heterotropia heterotropic heterotypic
    heteroxenous heterozygose hogging homolysis homolytic hooding hording howsoever humoral hydatoid
    hydrocephalous hydroma hyperactive hyperattenuating hyperattenuation hypercalcemia hypercellular
    hyperdensity hyperechogenic hyperechoic hyperemia hyperenhancing hypereosinophilia hyperglycemia
    hyperinflation hyperlucent hypermetabolic hyperostosis hyperphasia hyperplasia hyperplastic
    hyperreflexia hyperreflexic hypersplenism hypertension hypertensive hyperthermia hyperthyroid hypertonic
    hypertrophic hypertrophy hypervascular hypoactive hypoattenuating hypoattenuation hypoblastic
    hypocalcemia hypocellular hypodensity hypoechogenic hypoechoic hypoemia hypoenhancing hypoglycemia
    hypometabolic hypoplasia hypoplastic hyporeflexia hyposplenism hypotension hypotensive hypothermia
    hypothyroid hypotonic hypotrophic hypotrophy hypovascular icteruses identifiably identifier ignorer
    imagine imbalanced imparted imparting implausible importer improbably improvable improve improver
    incense inclement increate incrementi indebted independency indexer indicted indicting individualised
    inducer inducted infernal infiltrated inflection inflective informer infraclavicular infrahepatic
    infrahilar infrahyoid infraorbital infrarenal infraspinatus infraspinous infratentorial inherence
    inhibiter inhibitory initialed innumerably inseparably inserted insinuated insolent instal installer
    instanced instancy instill instillation instilled intenser intensifier intensify interaortic interdural
    interforaminal interglobular interhepatic interlobar intermedin intermingle interna internat internum
    interosseous interrenal intersperse interspinal interspinous intersplenic interthoracic intervale
    intimate intraconal intralobar intralobular intramural introduced inurement invader invariable invasin
    invective invented inventing inverter investigated involute iodinate iodising irradiate irrigation
    isolate isotone isotopy isotype jointing judgment justifier keeling keening labeler laminal lapeled
    largess larking lasting laterad lateran leafing leaking leaning leaping leasing leaving lending libeled
    licenced license licente licking ligasure ligatured liminal limiter lisping literal literality literally
    livelihood livelong loafing loaning lobation lobulate locater locular locution lofting looming looping
    loosing looting lording lucking lumenal lusting lymphocystic lympholytic machined macroadenoma macrocyst
    macronodular macronodule macroscopic maintainer mamilla mamillary manager manifesto manifestoes manilla
    mantel manufacture manufactured manuring marched marcher marching marginate marinated marring masking
    massage massaged massaging massing materia mattress maximus measurably medianly mediastina medically
    medline mellitum melting menially meninge mensurable messing messuage metallica metical meting
    microadenoma microcyst microlobulated microlobulation micronodular micronodule microscopic midlife
    milline minimus minuet missive mistake mistaker misting misusing mitchel moaning moderated moderato
    modified molality monitory mopping morality mucosis multilocular multiloculated multiplet multiplex
    multivocal mussing mycobacteria myelocystic myelolytic myeloplastic myiosis myocardia narrower natation
    neatest necessitated necrogenic necrologic necrological necrologist necrology needling negatived
    negatron neighborhood neoblastic nephology nephritic nephrostome nephrotomy nervosus neurologia
    neuropath neurosis neurotic normalcy northing noshing notching notifier novation nucleal nutation
    obliterate obscure obscurer observe observer obtainer occipita occlude ontological ontologist ontology
    opacify operate opining opposer optical orderer organise organizer osteoclastic osteoclastoma
    osteomyelitic osteoplastic outlive outlived outride outsider outsize overbooked overcooked overflying
    overlay overlaying overleap overline overlive overlooker overlord overpay overplay overripe overrode
    overside packaged packager paining painted painter painting palpably pancreases pancreatin panesthesia
    panning papulation parabasal paracardial paracentral paracostal paradiscal parafrenal parahilar paralyse
    paralyzed paranephric paraportal pararectal parasacral parasagittal pardner parring parsing passade
    passible pastern pasting patrology pausing peacemaker pedicel penning perceptibly performer pericardia
    pericardiac pericentral peridiscal perinasal perineurial periostea peripartal peripherad peripteral
    perisacral perisagittal perispinal perispinous peritonea persistency pervious phosphite photopenic
    pictured pinless pintail piperine piriformis planed planing planked planking planner planted planter
    planting pneumonic podiatric pointier position positioner postern postzone potentia practicer
    precardinal precava preceded precious preciously precisian precontract precostal predicated predication
    preferably prehepatic prehilar prelude preportal prerenal presenter preserve preserver presetting
    prespinal presplenic presser pressured presumable presume pretectal pretence prevented preventing
    prevision primacy primitiae prinked printing processor produced producer product profess profiled
    prograf projection prolapsed prolepses prolonge prominens pronounce proposition propound prosection
    prostrate protean protect protecting proteid provability provable provably prowess pulpation punctuated
    punctured pupillary purposed pyrexial pyrexic pyriformis pyrogenic quadrantic quadrat quadriplegic
    qualify quantifier quantify quartern quartet questionably questioner racking radiate radicula raiding
    railing raining ranging rankine rankling ranting razzing reacher reacted reacting readably readying
    reaming reaping rearing reasonably reassuming reaving rebated rebuilt receiptor recoded recognisably
    recognise recognizable recognizee recognizer recommenced recommencing recover recused recusing redding
    redemonstrate redressed reducer reechoed reeding reelect reelecting refection refereed referenced
    referrer reflated reflation refracted refractor refuted refuting regained regainer regaining regiment
    regraded regrading reheated rejected rejection relater released releaser reliable relieve reliever
    relived reminder remounted remover rending repealable repeatably repeater repented replace replacer
    replaying reporter reporting repressed repression repressive requester requite requited requiting
    rescore resealed resembled resented residua resized resoled resoling resolve resolver resorted respected
    respelt respirator responser retained retaining retarded retarding retched retching retorted retorting
    retraced retrain returnee returner reusing reveled revelled reverence reverie reversed reverser reverso
    reviewer reviled revived revolution revolve revolved revolving rewarded rewarding reworded ridding
    roached roaching roundel rounder routing ruining sagitta salmonellae sampler sanctus sanding sapient
    sapling scalloper scanted scanter scanting scapulary scaring scatterer scatula schedule scheduler
    sciatic scintigraph sclerotia sclerotica scolloped scolloping scooting scopula searcher searing seating
    sedition seizable selectee selling sensibly sensitise sentenced sentience sequenced sequencer serviced
    servile settler settling seventy shafted shallop shallot sharing shattered shelling shewing shifter
    shippen shipper shirted shocking shooing shooter shopped shoring shorted shorten shortener shorting
    shouter shouting shoving shrieking shunted sicking sicklier sidewalk sidling sifting sightly
    significancy silenced silencer silhouetted silting silver simitar singed singulair sinogram sinography
    siting sitting situate sizably sizeably skeletin skelton skimped skipper skippet slickness slitter
    slitting slopped slowing slurring smarted smattered smelling smocking smoothy smoulder smuggest snaring
    snorter snowing snuggest soaring socking solidary sonograph spacing spading spanging spanking spanned
    spanner spanning sparking sparling sparred sparring spastica spattered spawning spaying spearing
    specialism specifier spelling spermatid spermatin sphenic spheroid spicing spilling spindled spindly
    spinning spinosus spinule spiralis spitter spitting splatter splenectomize splenectopy splenis splenoid
    splinter splutter spondylitic sporing spurling spurning spurting squeeze squeezer squished stacking
    staking staling starched staring starred starter startled starved stating staving staying stegnosis
    stegnotic stepped sternad stetting sticking stickler stickling stimulating stinted stoking stolidly
    stomped stonking stooped stopper stoppled stowage stowing straightener straining strangest stricture
    strictured stropped structured studded studier stunned sturgeon subaural subcardinal subclavia subdual
    subside substantia substantival succeeder succuss suckling sucrase suction suctional sudation suggester
    summarised summarizer summery supporter supraspinous surfaced surgicel suturation swaging swanned
    swanning swattered swilling swindle swopped synonymy synovia tabular tacking tangling tectorial
    tectorium telecoms telephony tempora terminad tetraplegic textured therefor theroid thicken thickener
    thicket thickset thinking thinner thoraces thorough throughput thyronine tilling tingeing tinging
    tinkling tinning tocography tolerated tolling tomograph tonographic tonography topical topographic
    topography torched torching torminal toughed toughing tracheal tracheo tracing transfuse transfuser
    transitted transmitter traumatica treacher treading treater trephined tricker tricking troated troating
    trucking tubercula tuberculosa tumular twinned twinning ufology ultrasonograph uncharged unciform
    unclean uncreated underdone undergoes underling undertake undertaker undertone uniliteral unilocular
    unilocularity unreasonably unreliably unremarkably unseasonable unstably ureteroscope urethroscopic
    urethroscopy valiant validated valuably vanisher variably varication varnished ventrad verbified
    verifier vernally versification versified verticil vesicle visibly visualise visualizer vitaxin vortical
    waiting walling warming warping warrantee warranter warrantied warranty warring wasting wedding weighed
    weighing whapped whapping whatsoever whenever whetter whither whiting whitten widener wishing withdraw
    wizened wooding wording worming wrapper writhen writhing
"""
COMMON_WORDS = frozenset(map(normalise, _WORDS.split()))
"""Normal forms."""
