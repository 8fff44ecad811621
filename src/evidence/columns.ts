/** What a table's column means, from its header in several languages. Values confirm or overrule it (transactions/columns). */

/** Synonyms with spaces, punctuation and case removed; `~` in front allows the word anywhere in the header. */
const SYNONYMS: { [meaning: string]: string } = {
  time: 'txnsendtime start starttime firstseen creationdate createddate bookingdate localdate transactiondate datatransacao 交易日期 when time ts timestamp datetime date when createdat created createtime creationtime transactiontime txntime txntimestamp paytime paidat eventtime loggedat occurredat transdate trxdate requesttime localtransactiontime timeutc utctime timelocal at zeit zeitpunkt zeitstempel datum uhrzeit buchungszeit transaktionszeit erstelltam hora fecha fechahora fechayhora fechadelatransaccion marcadetiempo fechacreacion horodatage heure datehora datahora datadatransacao dataora 时间 交易时间 创建时间 支付时间 付款时间 发生时间 请求时间 日期 时间戳 完成时间 下单时间 日時 取引日時 時刻 deployedat deploytime releasedat appliedat changedat mergedat implementedat rolledoutat geaendertam geändertam 登记时间 提交时间 dateandtime erstellt eröffnet gemeldet gemeldetam creado abierto criado aberto creele cree ouvertle 作成日時 受付日時 実施日時 openedat opened syscreatedon dataehora datahoratransacao datahoradatransacao datavenda datadavenda fechatransaccion fechaoperacion fechadeoperacion dateoperation datetransaction datadellatransazione dataoperazione transaktionsdatum umsatzdatum belegdatum التاريخ التاريخوالوقت تاريخ تاريخالعملية وقتالعملية وقت датавремя датаивремя датаоперации времяоперации дата tarih islemtarihi işlemtarihi islemzamanı tarihsaat dataczas dataigodzina datatransakcji 거래일시 승인일시 거래일자 결제일시 일시 決済日時 処理日時 利用日時 交易日期时间 交易日時',
  zone: 'timezone tz createdtimezone zeitzone zonahoraria fuseauhoraire fusohorario fusoorario tijdzone 时区 タイムゾーン',
  payment:
    'idtransazione transactienummer identifianttransaction transaktionsnummer 参考号 检索参考号 系统参考号 de37 de11 paymentid payment txn txnid transactionid tradeno transid trxid paymentref reference ref retrievalreferencenumber rrn stan pspreference paymentintent charge id zahlungsid zahlung beleg belegnr belegnummer transaktionsid transaktion vorgang idtransaccion idpago pago transaccion referencia numerodetransaccion idtransaction transacao 流水号 交易流水号 交易号 支付单号 平台流水号 支付流水号 流水 交易编号 取引id 取引番号 nsu nsuhost doc codigoautorizacao comprobante transactieid 伝票番号 伝票no 決済番号 決済id رقمالعملية رقمالمعاملة معرفالعملية номероперации idоперации islemno işlemno numertransakcji idtransakcji 거래번호 승인번호 zahlungsreferenz',
  order:
    'bestelling bestelnummer ordernummer ordine numeroordine orderid orderno order outtradeno ordernumber merchantorderid merchantreference merchantreferencenumber merchantreferencecode merchantref ordernum orderref invoice invoiceno invoiceid bestellnummer bestellung auftrag auftragsnummer bestellnr pedido numeropedido nropedido npedido idpedido ordendecompra orden numerodeorden commande numerodecommande 订单号 商户订单号 订单 订单编号 商家订单号 商户单号 注文番号 refcommande referencecommande idordine numordine numerodopedido 受注番号 رقمالطلب معرفالطلب номерзаказа заказ siparisno siparişno siparisnumarası zamowienie numerzamowienia 주문번호',
  merchant:
    'profiel profielid profielnaam esercente codiceesercente verkoper merid mercid merno merchno merchantnumber 商户号码 de42 merchantid merchant mid mchid merchantno shop shopid store storeid seller sellerid cardacceptorid merchantaccount haendler haendlerid händler händlerid händlernummer comercio idcomercio codigocomercio marchand idmarchand lojista loja idloja 商户号 商户 商户id 商户编号 特约商户号 门店 商家 加盟店 加盟店id establecimiento codigodecomercio estabelecimento codigoestabelecimento commercant enseigne magasin negozio puntovendita vunummer vunr vertragspartner vertragspartnernummer haendlernr händlernr filiale 加盟店コード 加盟店番号 店舗 店舗コード التاجر رقمالتاجر معرفالتاجر المتجر мерчант торговец торговаяточка isyeri işyeri isyerino işyerino üyeişyeri sklep akceptant 가맹점 가맹점번호 가맹점id',
  merchantName:
    'merchantname shopname storename name displayname nombre namen haendlername 商户名称 商户名 门店名称 名称 商家名称',
  route:
    'route channel paychannel acquirer acquirerid gateway paymentmethod method paytype psp provider connector processor scheme brand network kanal zahlungsart zahlungsweg zahlungskanal canal mediodepago metodo metododepago moyendepaiement 支付渠道 渠道 通道 支付方式 支付通道 收单通道 收单机构 收单行 收单渠道 路由 決済手段 acquereur adquirente adquirencia acquirente circuitoacquirer procesador processador netzbetreiber zahlungsdienstleister processeur passerelle pasarela 接続先 仕向先 アクワイアラ 決済会社 البنكالمحصل البوابة بوابةالدفع قناة эквайер канал шлюз banka sanalpos agentrozliczeniowy 매입사 결제대행사 acqlink acquirerlink',
  node: 'node host server instance hostname pod backend appserver knoten rechner nodo servidor serveur 节点 主机 服务器 实例',
  bin: 'issuerid issuerbin bin cardbin binrange iin bin6 bin8 first6 first8 cardfirst6 cardprefix pan6 kartenbin kartenpraefix bintarjeta 卡bin 卡头 发卡行识别码 卡号前六位 前六位 bincartao bindocartao bincarta',
  last4:
    'last4 cardlast4 panlast4 cardtail lastfour tail4 last4digits pan4 letzte4 letztevier ultimos4 ultimoscuatro ult4 ultimos4digitos 卡号后四位 后四位 卡尾号 尾号 末四位 下4桁 finalcartao finaldocartao ultime4cifre 4derniers 끝4자리 下四桁',
  pan: 'shopperpan kaartnummer numerocarta creditcardnumber accno de2 pan cardnumber maskedpan cardno panmasked card maskedcard kartennummer numerotarjeta tarjeta numerodetarjeta numerocarte numerodecarte karte karten carte cartao carta numerocartao numerodocartao numerodicarta 卡号 银行卡号 カード番号 ncarte ndecarte ntarjeta ndetarjeta numerocartamascherato رقمالبطاقة البطاقة номеркарты карта kartno kartnumarası kartnumarasi numerkarty karta 카드번호',
  cardFingerprint:
    'cardfp cardhash pantoken cardfingerprint fingerprint panhash cardtoken token paymentmethodid kartenhash kartentoken huellatarjeta tokentarjeta 卡指纹 卡哈希 卡标识 卡token tokencartao tokendocartao tokencarta cardref cardreference 卡片标识 カードトークン رمزالبطاقة',
  cardExpiry:
    'exp expiry cardexp expirydate cardexpiry expdate expmonthyear expiration gueltigbis gültigbis ablaufdatum ablauf verfall vencimiento caducidad fechacaducidad validade expirationcarte 有效期 卡有效期 到期日 有効期限 validadecartao scadenza scadenzacarta dateexpiration تاريخالانتهاء срокдействия sonkullanma skt datawaznosci 유효기간',
  amount:
    'totalcollected grosssales bedrag importo kwota txnamt trxamt orderamt de4 amount amt totalfee total totalamount value price paidamount settledamount amountsettled capturedamount amountcaptured chargedamount amountcharged orderamount amountminor amountcents transactionamount grossamount gross betrag summe gesamtbetrag importe monto cantidad valor montant 金额 交易金额 支付金额 订单金额 应结订单金额 总金额 订单金额元 金额元 金额分 金額 valorbruto valortransacao valordavenda valorvenda montantbrut importebruto importolordo amtminor 取引金額 決済金額 利用金額 المبلغ مبلغ قيمةالعملية сумма суммаоперации tutar islemtutari işlemtutarı kwotatransakcji 금액 거래금액 결제금액 승인금액',
  currency:
    'valuta de49 currency ccy feetype currencycode cur waehrung währung moneda divisa devise moeda 币种 货币 货币种类 货币类型 通貨 العملة عملة رمزالعملة валюта parabirimi doviz döviz 통화 通貨コード',
  code: 'rawacquirerresponse foutreden foutcode codereponse codigorespuesta codicerisposta orirespcode codigoretorno codigoderetorno refusalreason outcomereason declinereason acquirerresponsecode respcode responsecode resp code rc returncode resultcode reasoncode errorcode declinecode actioncode failurecode failurereason errorreason errormessage failuremessage error response authresponse isoresponse de39 field39 outcomecode antwortcode rueckgabecode rückgabecode antwort fehlercode codigorespuesta codigo codrespuesta codigoerror codereponse 应答码 响应码 返回码 错误码 结果码 应答 返回代码 応答コード coderetour codiceesito codicerispostaemittente codicedirisposta respcd rspcd エラーコード 結果コード レスポンスコード رمزالاستجابة كودالاستجابة رمزالرد кодответа codigoresposta codigoderesposta yanitkodu yanıtkodu cevapkodu kododpowiedzi 응답코드 결과코드 오류코드',
  httpStatus: 'httpstatus httpcode statuscode httpstatuscode http 状态码',
  status:
    'esito stato situacao situacion status decision state tradestate result outcome paymentstatus txnstatus transactionstatus orderstatus disposition zustand ergebnis zahlungsstatus estado resultado statut statusdopagamento 状态 交易状态 支付状态 订单状态 结果 処理結果 ステータス الحالة حالة حالةالعملية النتيجة статус результат durum durumu sonuc sonuç islemdurumu statustransakcji wynik 상태 거래상태 결과 승인여부 決済結果 取引結果 決済ステータス',
  latencyMs:
    'elapsedmillis latencyms latency ms cost duration elapsed elapsedms durationms responsetime responsetimems rt tookms costms processingtime dauer dauerms laufzeit latenz antwortzeit duracion latencia tiempo tiempoms tiemporespuesta duree 耗时 耗时ms 延迟 响应时间 用时',
  client:
    'ipadres indirizzoip shopperip clientip ip remoteip customerip sourceip remoteaddr clientaddr ipaddress useripaddress shopperip buyerip kundenip ipadresse ipcliente direccionip ipclient 客户端ip 用户ip ip地址 来源ip 请求ip クライアントip ipcomprador ipdocomprador ipadresi ipадрес عنوانip ipаддрес adresip adresseip ipアドレス 接続元ip 클라이언트ip',
  user: 'userid user uid buyerid customerid customer accountid account shopperreference payerid openid kunde kundennummer kundenid benutzer cliente idcliente usuario idusuario client idclient 用户 用户id 用户标识 买家 会员 会员号 顧客id',
  device:
    'useragenthash uahash useragentid devicehash devicetoken visitorid browserid browserfingerprint cookieid sessiontoken sessionhash ja3 ja3hash ja4 de41 deviceid device devicefp devicefingerprint deviceprint session sessionid terminal terminalid tid useragent geraet gerät geraeteid geräteid dispositivo appareil 设备 设备号 设备指纹 终端号 终端 端末 terminalnr terminalno tpv tpe pos posid terminalpos numeroterminal 端末番号 端末識別番号 رقمالجهاز جهاز نقطةالبيع терминал номертерминала terminalno 단말기 단말기번호 단말기id 终端编号',
  subject:
    'subject title body description itemdesc product item goods cartdescription artikel produkt beschreibung ware articulo producto descripcion concepto produit 商品 商品名称 商品描述 订单描述 商品名',
  providerId:
    'psptransactionid pspid providertransactionid providerid gatewaytransactionid settlementid balancetransactionid acquirerreference arn transactionidpsp channeltradeno wechattransactionid alipaytradeno unionpayqueryid 微信订单号 微信支付订单号 支付宝交易号 银联流水号 渠道流水号 第三方流水号 渠道订单号',
  fee: 'fee fees commission net netamount settlementamount gebuehr gebühr comision frais 手续费 费率 服务费 结算金额 实收 商家实收',
  batch:
    'batch batchid batchno settlementdate settledat settledon settlementtime valuedate payoutid payoutdate payout 结算日期 批次号 清算日期 对账日期',
  transactionType:
    'event eventname tipooperacion tipodeoperacion typeoperation typedoperation typetransaction actiontype eventtype vorgang soort tipooperazione type transactiontype txntype recordtype messagetype mti operation kind vorgangsart transaktionsart tipo tipotransaccion 交易类型 业务类型 类型 umsatzart buchungsart nature natureoperation tipologia tipologiaoperazione tipotransacao txnkind 取引区分 取引種別 نوعالعملية نوع типоперации тип islemtipi işlemtipi rodzajtransakcji 거래구분 거래유형',
  initiator:
    'initiator initiatedby initiationtype paymentinitiator merchantinitiated ismerchantinitiated mit mitcit citmit mitindicator storedcredential storedcredentialindicator storedcredentialtype cof cofindicator cofpayment credentialonfile recurring isrecurring recurringflag recurringindicator recurringtype recurringprocessingmodel sequencetype offsession transactionsource commerceindicator wiederkehrend recurrente recurrent recorrente ricorrente terugkerend',
  issuer:
    'issuer issuername issuingbank bank bankname cardissuer emisor bancoemisor kartenherausgeber herausgeber 发卡行 发卡机构 银行 银行名称 发卡银行 イシュア',
  source:
    'sa idorigh origh src srcip srcaddr sourceaddress source sourceip saddr srcaddress sourceipaddress origen quelle quelladresse quellip iporigen 源ip 源地址 来源',
  destination:
    'da idresph resph dst dstip dstaddr destination destinationaddress destinationip daddr dstaddress dest destip destinationipaddress destino ziel zieladresse zielip ipdestino 目的ip 目的地址 目标ip 目标地址',
  sourcePort: 'idorigp srcport sourceport sport sp quellport puertoorigen 源端口',
  port: 'dp idrespp respp dstport destinationport dport dp port destport zielport puertodestino puerto 目的端口 目标端口 端口',
  protocol: 'pr proto protocol prot protokoll protocolo 协议',
  bytesOut:
    'origbytes obytes bytesout outbytes bytessent sentbytes obyt txbytes bytes sbytes bytesgesendet bytesenviados 发送字节 出流量 上行字节',
  bytesIn:
    'respbytes ibytes bytesin inbytes bytesreceived receivedbytes ibyt rxbytes dbytes rcvdbytes bytesempfangen bytesrecibidos 接收字节 入流量 下行字节',
  action: 'connstate action verdict decision aktion accion 动作 处置',
  text: 'shortdescription change text description summary details detail what note comment message subject title entry aenderung änderung beschreibung cambio descripcion modification 变更 变更内容 内容 描述 说明 变更说明 摘要 操作 变更事项 問い合わせ内容 変更内容 resumo alteracao alteração mudanca mudança modificacao modificação descricao descrição evento evolution résumé resume résuméde betreff asunto assunto objet sujet 件名 commandline',
  team: 'assignmentgroup assignedto team owner who by author group department changedby operator person abteilung gruppe verantwortlich equipo responsable 团队 负责人 执行人 操作人 部门 变更人 所属团队 担当 equipe équipe time_responsavel responsavel responsável auteur autor zustaendig zuständig reporter assignee 担当者 wer qui quem quien bearbeiter durchgeführtvon ausgeführtvon realizadopor relator executor intervenant 实施人 操作员 実施者 作業者 変更者',
  channel: 'channel via medium kanal canal 渠道 来源 方式 途径',
  ticket:
    'ticket ticketid ticketno caseid case issue incident issuekey issueid incidentid incidentnumber casenumber ticketnumber ticketnr vorgangsnummer 工单 工单号 编号 incidencia chamado chave 問い合わせ番号 チケット',
  mode: 'mode octalmode permissions perms rechte dateirechte zugriffsrechte permisos droits permissoes autorisations modo 权限 访问权限 権限 パーミッション',
  path: 'fullname path file filename filepath datei dateipfad dateiname pfad archivo ruta fichero fichier chemin caminho arquivo 路径 文件 文件名 文件路径 パス ファイル ファイル名',
  size: 'size filesize length bytes groesse größe dateigröße tamano tamaño taille tamanho 大小 文件大小 サイズ',
  modified:
    'lastwritetime lastwritetimeutc mtime modified lastmodified modifiedat geaendert geändert geändertam zuletztgeändert änderungsdatum modificado modificadoem fechamodificacion ultimamodificacion ultimamodificacao datamodificacao modifie modifiele dernieremodification datemodification 修改时间 更新时间 最后修改时间 更新日時 最終更新 最終更新日時',
  commonName: 'commonname cn subjectcn certificate',
};

const meaningsByHeader = new Map<string, string[]>();
for (const [meaning, words] of Object.entries(SYNONYMS)) {
  for (const word of words.split(' ')) {
    const known = meaningsByHeader.get(word);
    if (known) known.push(meaning);
    else meaningsByHeader.set(word, [meaning]);
  }
}

/** A header as it is looked up: lower case, without spaces, punctuation, unit brackets and byte order mark. */
function normaliseHeader(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\((?:utc|ms|s|元|分|gmt|cents?)\)/g, '')
    .replace(/[\s_\-.,:;/\\#"'`()[\]\ufeff]+/g, '');
}

/** Without accents, so that `código` and `codigo` are one. CJK stays. */
const plain = (header: string): string =>
  header
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');

/** Without the small words of Spanish, French and German names: `Número de pedido` is `numeropedido`. */
const withoutArticles = (header: string): string =>
  header.replace(/(?<=\s)(?:de|del|de la|la|el|du|des|der|die|das|y|et|und|of|the)\s/gi, '');

/** `N\u00b0 de carte`, `N\u00ba pedido`: the sign for a number in French, Italian, Spanish and Portuguese, as the word. */
const withNumberSign = (header: string): string => header.replace(/(^|\s)n[\u00b0\u00ba]\s?/i, '$1numero ');

/** Names that mean something only beside the name of what they belong to. */
const SAYS_LITTLE = /^(?:id|name|type|text|no|nr|number|at|method|title|body|description|path|size|start)$/i;

const NAMES_ITS_OWNER = /^(?:id|name|no|nr|number)$/i;

/** Every meaning a header can have, most usual first. Suffixes `utc`, `ms`, `id` and units are forgiven. */
export function headerMeanings(header: string): string[] {
  const name = normaliseHeader(header);
  for (const candidate of [
    name,
    plain(name),
    plain(normaliseHeader(withoutArticles(header))),
    plain(normaliseHeader(withoutArticles(withNumberSign(header)))),
    name.replace(/(?:utc|gmt|local|eur|usd|gbp|chf|cny|jpy)$/, ''),
    plain(name).replace(/(?:inms|ms|seconds|secs)$/, ''),
    name.replace(/(?:id|no|nr|number|num)$/, ''),
  ]) {
    const found = candidate ? meaningsByHeader.get(candidate) : undefined;
    if (found) return found;
  }
  // A member of a record within a record: `payment.amount`.
  const member = /([^.\s]{1,40})\.([^.\s]{2,40})$/.exec(header);
  if (!member) return [];
  if (!SAYS_LITTLE.test(member[2]!)) return member[2]!.length > 2 ? headerMeanings(member[2]!) : [];
  // `acquirer.name` is the acquirer, `payment.id` the payment.
  return NAMES_ITS_OWNER.test(member[2]!) ? headerMeanings(member[1]!) : [];
}

/** Zone that a header states itself, e.g. `time_utc` or `时间(北京时间)`. */
export function headerZone(header: string): string | undefined {
  if (/(?:^|[^a-z])(?:utc|gmt)(?:$|[^a-z])/i.test(header.replace(/_/g, ' '))) return 'UTC';
  if (/北京时间|beijing/i.test(header)) return 'Asia/Shanghai';
  return /[+-]\d{2}:?\d{2}/.exec(header)?.[0];
}
