"""Words that are not misspelt: English and medical words a slip away from a word of the lexicons.

spelling.py would mend them: "position" to "positron", "stricture" to "structure", "osteoclastic" to
"osteoblastic". No library among the dependencies ships a word list, so those that matter are listed here:
of two large English word lists and a medical one, the words that spelling.py would have changed given the
words of the lexicons, the code and the test reports; read one by one, true variants ("artefact") left out,
and opposites ("abduction", "infrarenal", "hypovascular") added. When the lexicons have grown, find new ones
with ``python tests/spelling_report.py WORDLIST``. A word of any lexicon needs no mention here.
"""

from __future__ import annotations

from emh_report.words import normalise

_WORDS = """
    abbreviated abducent abduct abducted abducting abduction abductor abetment abetted abetting abience
    absciss abutter accelerate accented accenting accepter accessary accessor accumulate acknowledge aclasia
    aclastic acquire acquirer addiction additory addressee adducent adduct adducted adducting adduction
    adductor adrenopathy advisably affirmer aliened aligner alloyed alloying alterative altercation
    alternation amender america americano anagogy analyst anatoxic angiograph angular announce announced
    answerer aphasia appealed appeased appendic applicably appreciably appreciate appropriated approximated
    arachnid arrange arranged arteriole articled artifact ascetic ascribe aspirated asplenia asplenic
    assented asserter associate assorted assured asterism atrioventricular atropic attache attacked
    attenuant attenuate attribute attributed attributer audition auditor auscultate auscultated automate
    averted avoidably avoider azacitidine backyard bacteremic bacteriemia banding barbing barging baring
    barking bassline beached beading beaming beaning bearding bearn beating believe believed believer
    bending benefic bewaring bidding bifilar binging binning birding birring blacked blander blaring blastid
    bleached bleeper bleeping blending blighter blinding blockade blocker blooding blooping bonding booming
    borderer bosnian bounced bounden bounder bourgeoned brachia bracken braking branchial branchiogenic
    breaching breading breathed breeding brighten bristly broached broaden broadener brocket broider
    bronchia broncho brooder brothel brucella bruskly bucking budging bugging bugled bugling bulking bulling
    bullous bunging burring calcaria calcarine calcitic calculous caldarium caliper calvaria calvarial
    canceled canceler canceller cantered capitalise capitation capitol capsula capsulate capsuled caption
    captioned cardinal cardiopulmonary cariology carne carpectomy carried carrier cassation categorise
    cattleman centered centrad centrilobular centrolobular cerebra certainly certainty cervices cetology
    chaired chanced chancel chanel changer chanted chanter chapiter characterise characterised characterizer
    charactery charged charnel charter chaster chatter cheated cheater cheating checker cheeked chelate
    chested chestier chlorine chlorite chocked chordoid chorioid chorioma chromic chucked chuffing
    circumscribe circumscriber clamping clanged clarity classily classis clastic cleaned cleanly clearer
    cleaved clomping cloning cloying cobalamine coccyx cochlea coetaneous coffined cohered cohering
    collapsed collusion colpectomy combine combined combing commando commandoes commence commenced commend
    commented commenter commination commines communicate communisation commuted compacta compadre comparably
    compare compared comparer compatibly compensator compete compile compiler complain complainer complaint
    complected complete completed complexed compliant complicate complied compliment compony comportment
    compose composed compost composted compote comprise compromise compromised compute computer computerise
    compère compèred conceit conceivable conceivably concert concerted concerting conclave concordat
    confidant confided confider confine confiner conform conformation conformed conforming confuse confuser
    confuted congenial conglomerated consent considerably constriction constructing contact container
    contemplate contend contended context contiguous continent continua continue continued continuo
    continuous contracting contraindicate contrast contrasty contused convect convected convened converged
    conversed converter conveyer convoyed cordectomy corectomy corneal cornel cornice corning coronad
    correcter correlate correlated counseling counter courted courting coveted coveting cowered cowering
    cowfish crashed crashing criterial crowing crowned crowning crumping crusher crusted crusting cultured
    currant curried currier curtain cushing cytopenic dally debased debater debited debunked debunking
    debuted decayed decease deceased deceasing decider declare declarer declawed decline declined declive
    decoder decoyed decrease decreased dedicate defected defending deferoxamine deferrer defiled definer
    definity defying degrade degraded degrader degrease degression dehydrogenate deigned dejected delayer
    delectable delimiter delineate deliverer demarcate demineralise demineralizer demonstrably demonstrate
    demonstrated demoting denoting densify dentine denting denying dependence dependencies depicter
    depletion depletional deportment deprived derailed derision dermatose dermoid describe described
    describer descried deserved desiccate designer desirably desiree desirer desmoid desmond despise
    destroyer detained detecter deteriorated deterred deterring detestable detested developer deviate
    devoting dextrorse diagnose dictate differentia differentiate differentiated differin difficult
    difficulties difficultly diffused diffuser diluted dimeter diploica diploid diplopic directer director
    disagreed discant discerner discernibly discission disclose discloser discontinue discontinued
    discounter discourage discouraged discoverer discreet discursion discus discuses diseased diseuse
    disjunction dismounted dispense dispensed disperse dispersed displace displayed displaying disprove
    disproved disproven disseminate dissension distanced distense dividend divider divined documenter
    doubted doubting drawing duodena duplicated dwindle dyscrasic dysjunction dysphasia ectasis ectogenic
    ectopia editing effacer ejective electronica elevate eliminated elongate embolize emergence emersed
    encapsulate encircle encircled encoring encroacher endometria endoscope enhance enhanced enlarge
    enlarged enlarger entasia entirety entopic eosinophilia equably erasion erective erythroclast
    erythroleukemic erythropoietic escalate escapee establisher estimate estimated estivate estivated
    estivation eternal ethiopian ethiopic ethology eutopic evacuate evacuated evacuation evaluate eventing
    everting evidenced evitable exaggerate examine examinee examiner exampled excerpta excerpted excerpting
    exchange exchanged exchanger excited exciting exclude excluded exhorted exiling existing exiting
    expander expansible expansive expedite expedited expedition expending expensive experience experienced
    experiencer explainer explantation exporter extender extensile extern externa externum extorted
    extraconal extramural extrema extremer faction facture falling fallowed fallowing familiar farming
    farther fascine fashioner fatigued fatness fattened fattening favorably favorer feasibly featured
    feeling felling fending feuding fibroin fibrosa filing filming finesses finisher finking firming fissula
    fissura fissured fistular flagger flaking flanged flatted flattener flatter flattered flattering
    flavored flavoring flawing flitting flogged flunking foaming follower forcing fording fordone foregone
    foremast foremen forging forgone forking fractured framer franking fribble friction frilling frontad
    frosted froward fryable fullback fulling funding fungoid funiform ganglial gastrin generalise generate
    generic genesic gentlemen glanular glowing goading gracing granula granulosa grating gratulation graving
    graying grazing greaser greaten greeter groping growling haematology haematoma harmonica harvester
    headache headachy headiness headlined headliner healing heaping hearing heating heaving heeding heliacal
    hematic hematopoietic hematopoietin hemoglobinuric hemolysin hemopoietin hemoptysic hemorrhaged
    hemothorax hepatic hepatica hepatism hepatitic hepatologist hepatology hepatoma herding hesitance
    heterogeneous heterogeneously heterogonous heterogynous heterotonia heterotonic heterotopia heterotopic
    heterotropia heterotropic heterotypic heteroxenous heterozygose hogging homogeneous homogeneously
    homolysis homolytic hooding hording howsoever humoral hydatoid hydrocephalous hydroma hyperactive
    hyperattenuating hyperattenuation hypercalcemia hypercellular hyperdensity hyperechogenic hyperechoic
    hyperemia hyperenhancing hypereosinophilia hyperglycemia hyperinflation hyperlucent hypermetabolic
    hyperostosis hyperphasia hyperplasia hyperplastic hyperreflexia hyperreflexic hypersplenism hypertension
    hypertensive hyperthermia hyperthyroid hypertonic hypertrophic hypertrophy hypervascular hypoactive
    hypoattenuating hypoattenuation hypoblastic hypocalcemia hypocellular hypodensity hypoechogenic
    hypoechoic hypoemia hypoenhancing hypoglycemia hypometabolic hypoplasia hypoplastic hyporeflexia
    hyposplenism hypotension hypotensive hypothermia hypothyroid hypotonic hypotrophic hypotrophy
    hypovascular icteruses identifiably identified identifier identify identity ignorer imagine imbalanced
    imparted imparting impinge impinged implausible importer impresa impresser imprest improbably improvable
    improve improver incense inclement include included increase increased increate incrementi indebted
    indented independency indexer indicate indicated indicted indicting individualised inducer inducted
    infection infernal infiltrated inflection inflective informer infraclavicular infrahepatic infrahilar
    infrahyoid infraorbital infrarenal infraspinatus infraspinous infratentorial inherence inhibiter
    inhibitory initialed initiate initiated injection innumerably inseparably inserted insinuated insolent
    instal installer instanced instancy instill instillation instilled intenser intensifier intensify
    interaortic interdural interforaminal interglobular interhepatic interlobar intermedin intermingle
    interna internal internat interne internum interosseous interpreter interrenal intersperse interspinal
    interspinous intersplenic interthoracic interval intervale intimate intraconal intralobar intralobular
    intramural introduced inurement invader invariable invasin invective invented inventing inverted
    inverter investigated involute involve involved iodinate iodising irradiate irrigation ischaemia
    ischaemic isolate isotone isotopy isotype jaundice jaundiced jointing judgment justifier keeling keening
    labeler laminal lapeled largess larking lasting laterad lateran leafing leaking leaning leaping leasing
    leaving lending leukaemia leukemic libeled licenced license licente licking lifting ligasure ligatured
    liminal limiter lineate linkage lisping listing literal literality literally livelihood livelong loading
    loafing loaning lobation lobulate locater locular locution lofting looming looping loosing looting
    lording lucking lumenal lusting lymphocystic lympholytic machined macroadenoma macrocyst macronodular
    macronodule macroscopic maintainer mamilla mamillary manager manifesto manifestoes manilla mantel
    manufacture manufactured manuring marched marcher marching marginate marinated marring masking massage
    massaged massaging massing matched matcher materia material maternal mattress maximus measurably measure
    measured medianly mediastina medically medline melding mellitum melting menially meninge mensurable
    message messaged messing messuage metallica metical meting microadenoma microcyst microlobulated
    microlobulation micronodular micronodule microscopic midlife milline minding minimus minuet missive
    misspell misspent mistake mistaker misting misusing mitchel moaning moderated moderato modified molality
    monitory mopping morality mucosis multilocular multiloculated multiple multiplet multiplex multiplies
    multivocal mussing mycobacteria myelocystic myelolytic myeloplastic myiosis myocardia narrowed narrower
    natation neatest necessitated necrogenic necrologic necrological necrologist necrology needless needling
    negatived negatron neighborhood neoblastic nephology nephritic nephrostome nephrotomy nervosus neuralgic
    neurilemmoma neuroforamina neuroforaminal neurologia neuropath neurosis neurotic neutralise neutralised
    nigeria nigerien normalcy normalise normalised northing noshing notably notching notifier novation
    nucleal nutation obliterate obscure obscurer observe observer obtainer obviate obviated occipita occlude
    ontological ontologist ontology opacify operate opining opposer optical orderer organise organizer
    osteoclastic osteoclastoma osteogenic osteomyelitic osteopenia osteoplastic outlined outlive outlived
    outride outshone outsider outsize overbooked overcooked overflying overlap overlay overlaying overleap
    overline overlive overlooker overlord overpay overplay overripe overrode overside packaged packager
    paining painted painter painting palmate palmated palpably palpate palpated pancreases pancreatin
    panesthesia panning papulation parabasal paracardial paracentral paracostal paradiscal parafrenal
    parahilar paralyse paralyzed paranephric paraplegia paraplegic paraportal pararectal parasacral
    parasagittal pardner parenchyma parenchymal parring parsing passade passible pastern pasting patrology
    pausing peacemaker pedicel penning perceptibly performer pericardia pericardiac pericentral peridiscal
    perinasal perineurial periostea peripartal peripherad peripteral perisacral perisagittal perispinal
    perispinous peritonea persistency pervious phosphite photopenic pictured pincher pinless pintail
    piperine piriformis pitched pitching planed planing planked planking planner planted planter planting
    plausibly pleuritic pleuritis pneumonic podiatric pointier polycythaemia polycythemic portacaval
    position positioner positron possible possibly postern postpone postponed postzone potentia practicer
    precardinal precava precede preceded precious preciously precisian preclude precluded precontract
    precostal precursory predicated predication preferable preferably prehepatic prehilar prelude preportal
    prerenal present presenter preserve preserver presetting prespinal presplenic presser pressured
    presumable presume pretectal pretence prevent prevented preventing prevision primacy primitiae prinked
    printing probable probably probing processor produce produced producer product profess professor
    profiled prograf projection prolapsed prolepses prolonge prominens promoted prompter pronounce propose
    proposed proposition propound prosection prostrate protean protect protecting protection proteid
    prothesis provability provable provably provided provider prowess pulpation punched punching punctate
    punctuate punctuated punctured pupillary purposed pyrexial pyrexic pyriformis pyrogenic quadrantic
    quadrat quadriplegic qualify qualities quantifier quantify quantisation quantities quartern quartet
    questionably questioner racking radiate radicula radiograph radiography raiding railing raining ranging
    rankine rankling ranting razzing reacher reacted reacting readably readying reaming reaping rearing
    reasonably reassuming reaving rebated rebuilt receiptor receive received recoded recognisably recognise
    recognizable recognizee recognizer recommenced recommencing recover recurved recused recusing redding
    redemonstrate redfish redressed reducer reductant reechoed reeding reelect reelecting refection refereed
    referenced referred referrer reflated reflation refracted refractor refuted refuting regained regainer
    regaining regiment regnant regraded regrading regrettable reheated rejected rejection relapsed relapser
    related relater relayed released releaser reliable relieve reliever relived remained remarkably reminder
    remounted remover rendered renderer rending reneged renewer repealable repeatably repeater repented
    replace replaced replacer replaying reporter reporting repressed repression repressive reproduce
    reproducer reproducibly reputed requester require required requite requited requiting rescore resealed
    resemble resembled resented reserve reserved resewed residua resized resoled resoling resolve resolved
    resolver resorted resorting respected respelt respirator responser restore restored restorer retained
    retaining retarded retarding retched retching retorted retorting retraced retrain retrained returnee
    returner reusing reveled revelled revere reverence reverie reversed reverser reverso reviewer reviled
    revived revolution revolve revolved revolving rewarded rewarding reworded ridding roached roaching
    robbery roundel rounder routing ruining sagitta salmonellae sampler sanctus sanding sapient sapling
    sardinia saturate saturated scalloper scanned scanner scanning scanted scanter scanting scapula scapular
    scapulary scaring scatterer scatula schedule scheduler sciatic scintigraph sclerotia sclerotica
    scolloped scolloping scooting scopula screener scuffed searcher searing seating sedition seizable
    selectee selling sensibly sensitise sentenced sentience separate separated sequenced sequencer seriation
    serviced servile setting settler settling seventy shafted shallop shallot shallow sharing shattered
    shelling shewing shifter shipped shippen shipper shirted shocking shooing shooter shopped shoring
    shorted shorten shortener shorting shouter shouting shoving shrieking shunted sicking sicklier sidewalk
    sidling sifting sightly significancy silenced silencer silhouetted silting silver simitar singed
    singulair sinogram sinography sinuation siting sitting situate sizable sizably sizeably skeletin skelton
    skimped skipped skipper skippet slapped slickness slitter slitting slopped slowing slurring smarted
    smattered smelling smocking smoothy smoulder smuggest snapped snaring snorter snowing snuffed snuggest
    soaring socking solidary sonograph spacing spading spanging spanking spanned spanner spanning sparking
    sparling sparred sparring spastica spattered spawning spaying spearing specialism specifier spelling
    spermatid spermatin sphenic spheroid spicing spilling spindled spindly spinning spinosus spinule
    spiralis spitter spitting splatter splenectomize splenectopy splenis splenoid splinter splutter
    spondylitic sporing spraddle spurling spurning spurting squeeze squeezed squeezer squished squishing
    stacking staffed staking staling standing starched staring starred starter startled starved stating
    staving staying stegnosis stegnotic stepped stern sternad stetting sticking stickler stickling stiffed
    stimulating stinted stoking stolidly stomped stonking stooped stopper stoppled stowage stowing straddled
    straddler straggle straggled straggling straightener straining stranding strange strangest strangle
    strangled stretchy striction stricture strictured stropped structure structured studded studier stuffer
    stunned sturgeon subaural subcardinal subclavia subdual subside substantia substantiate substantival
    succeeder succuss suckling sucrase suction suctional sudation sufferer suggester summarised summarizer
    summery supporter supraspinous surfaced surgicel suturation swaging swallow swamped swanned swanning
    swapper swattered swelling swilling swindle swopped synonymy synovia tabular tacking tangling tectorial
    tectorium telecoms telephone telephoned telephony tempora tenably terminad terminate terminated
    tetraplegic textured thalassemia therefor theroid thicken thickener thicket thickset thinking thinned
    thinner thoraces thorough throughput thyronine tilling tingeing tinging tinkling tinning tocography
    tolerated tolling tomograph tonographic tonography topical topographic topography torched torching
    torminal toughed toughing trabecular tracheal tracheo tracing transfuse transfuser transitted
    transmitter traumatica treacher treading treater trephined trialed tricker tricking trifled trilled
    tripped troated troating trouble troubled troubler trucking tubercula tuberculosa tumular tunable
    twinned twinning ufology ultrasonograph uncharged unciform unclean uncreated underdone undergoes
    underling underscored undertake undertaker undertone undoubted uniliteral unilocular unilocularity
    unreasonably unreliably unremarkably unseasonable unstably ureteroscope urethroscopic urethroscopy
    valiant validated valuably vanisher variably varication varnished ventrad verbified verifier vernally
    versification versified vertebra vertebral verticil vesicle viscera visceral visible visibly visualise
    visualizer vitaxin vortical waiting walling wandered warming warping warrantee warranter warrantied
    warranty warring wasting wedding weighed weighing weighted whapped whapping whatsoever whenever whetter
    whither whiting whitten widener wishing withdraw withheld withhold wizened wooding wording working
    worming wrapper writhen writhing
"""
COMMON_WORDS = frozenset(map(normalise, _WORDS.split()))
"""Normal forms."""
