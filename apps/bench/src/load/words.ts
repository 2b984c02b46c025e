/** Plain words, each of one token behind a blank by the tokenizers of OpenAI’s models since gpt-3.5. */
export const WORDS: readonly string[] = `
able above across action active actor added advice after again against agent almost alone along already also always
amount angle animal answer apple april area argue army around arrive art aside ask author autumn average avoid away baby
back bag balance ball band bank bar base basic bath beach bear beat beautiful because become bed before begin behind
believe bell below bench best better between beyond big bird birth black block blue board boat body bone book border
born both bottle bottom bowl box boy branch brave bread break breath bridge bright bring broad brother brown build burn
bus business busy butter button buy cake call camp capital captain car card care carry case castle cat catch cause
center central century certain chain chair chance change chapter charge cheap check cheese chest chicken chief child
choice choose church circle city claim class clean clear climb clock close cloth cloud coast coat coffee cold collect
college color come common company compare complete contain control cook cool copper copy corn corner correct cost cotton
count country course cover create cross crowd cry cup current cut daily damage dance danger dark daughter day deal dear
decide deep degree depend describe desert design desk develop different difficult dinner direct discover discuss
distance divide doctor dog dollar door double down draw dream dress drink drive drop dry during dust duty each early
earth east easy edge effect effort egg eight either electric empty end energy engine enjoy enough enter equal escape
even evening event ever every exact example except exercise expect explain express extra eye face fact fail fair fall
family famous far farm fast father favor fear feed feel feet few field fight figure fill final find fine finger finish
fire firm first fish fit five flat floor flow flower fly follow food foot force foreign forest forget form forward found
four free fresh friend front fruit full fun future game garden gas gate gather general gentle gift girl give glad glass
gold good govern grand grass gray great green ground group grow guess guide hair half hall hand happen happy hard hat
head health hear heart heat heavy height help here high hill history hit hold hole home honor hope horse hot hotel hour
house huge human hundred hunt hurry ice idea imagine inch include increase industry inside instead interest iron island
issue item job join journey joy judge jump just keep key kind king kitchen knee knife know labor lady lake lamp land
language large last late laugh law lay lead learn least leave left leg length less lesson letter level lie life lift
light like limit line lion list listen little live long look lose loss lot loud love low luck lunch machine main major
make man manner many map march mark market master match matter may meal mean measure meat meet melt member memory metal
method middle might mile milk million mind mine minute miss mix modern moment money month moon more morning most mother
motion mountain mouth move much music must name narrow nation natural nature near neck need never new news next night
nine noise none noon north nose note nothing notice number ocean offer office often oil old once only open opinion order
other out outside over own page pain paint pair paper parent park part party pass past path pay peace pen people perfect
period person phone picture piece place plain plan plane plant play please pocket point police poor popular position
possible post pound power practice prepare present president press pretty price print private prize problem produce
product program promise proper protect prove provide public pull push put quality quarter queen question quick quiet
quite race radio rain raise range rather reach read ready real reason receive record red region regular remember repair
repeat reply report rest result return rich ride right ring rise river road rock roll roof room root rope round row rule
run safe sail salt same sand save say scale school science score sea search season seat second secret section see seed
seem sell send sense sentence separate serve set settle seven several shade shake shall shape share sharp sheet shelf
shell ship shirt shoe shop short should shoulder shout show side sight sign silent silver similar simple since sing
single sister sit six size skill skin sky sleep slip slow small smell smile smoke smooth snow social soft soil soldier
solve some son song soon sort sound south space speak special speed spell spend spirit spoke spot spread spring square
stage stand star start state station stay steam steel step stick still stone stop store storm story straight strange
stream street stretch strong student study subject success such sudden sugar suggest suit summer sun supply support sure
surface surprise sweet swim system table tail take talk tall taste teach team tell ten term test thank then there thick
thin thing think third thousand three through throw tie time tiny today together tomorrow tone tool top total touch
toward town track trade train travel tree trip trouble truck true trust try turn twelve twenty two type under understand
union unit until upper use usual valley value various very view village visit voice wait walk wall want warm wash waste
watch water wave way weak wear weather week weight welcome west wheel when while white whole wide wife wild will wind
window winter wire wise wish woman wonder wood word work world worry write wrong yard year yellow yes yesterday yet
young
`
  .trim()
  .split(/\s+/);
